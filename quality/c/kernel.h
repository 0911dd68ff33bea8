/* What the rooms of the compiled kernel share. Each function does what its NumPy twin does, which is its definition
 * (quality/kernel.py tells where): the same numbers to the last bit, from arrays that the caller made large enough.
 * Nothing here allocates what it does not free, keeps a state, or knows of Python. */
#ifndef QUALITY_KERNEL_H
#define QUALITY_KERNEL_H

#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "words are packed little end first; other machines use NumPy"
#endif

#if FLT_EVAL_METHOD != 0
#error "sums must be rounded at each step, as NumPy does"
#endif

#if defined(_WIN32)
#define API __declspec(dllexport)
#else
#define API __attribute__((visibility("default")))
#endif

/* Token classes: quality/block.py. */
enum {
    LOWER, CAPITAL, CAPITALS, NUMBER, YEAR, POINT, QUESTION, EXCLAMATION, COMMA, COLON, SEMICOLON, QUOTE, OPEN, CLOSE,
    MONEY, PERCENT, LONG_DASH, SIGN, PARAGRAPH, END
};

/* quality/lookup.py: an open-addressed table; slot s holds the index of a key, or `none`, as the one after the last does.
 * `marks`: a bit for each half of a slot, whether some key has its own place there. */
typedef struct {
    const uint64_t *keys;
    const int32_t *slots;
    const uint8_t *marks;
    int64_t none;
    int64_t bits;
} Table;

/* 1 unless the bits are all 0; arithmetic, where a compiler makes a branch of a comparison. */
static inline uint64_t some(uint64_t bits) { return (bits | (0 - bits)) >> 63; }

static inline uint64_t table_mixed(uint64_t key) { return (key ^ (key >> 32)) * UINT64_C(0x9E3779B97F4A7C15); }

static inline int32_t table_find_from(const Table *table, uint64_t key, uint64_t slot)
{
    const uint64_t last = ((uint64_t)1 << table->bits) - 1, none = (uint64_t)table->none;
    uint64_t index = (uint64_t)table->slots[slot];
    /* There is a key more than indices, for `none`. Mostly the first slot decides, and whether a key is known cannot be
     * foreseen: so the one branch is on whether more slots are to be looked at. */
    while (some(table->keys[index] ^ key) & some(index ^ none)) {
        slot = (slot + 1) & last;
        index = (uint64_t)table->slots[slot];
    }
    return (int32_t)(index | (0 - (some(index ^ none) ^ 1)));
}

static inline int32_t table_find(const Table *table, uint64_t key)
{
    return table_find_from(table, key, table_mixed(key) >> (64 - table->bits));
}

/* Whether a key may be there. */
static inline int table_marked(const Table *table, uint64_t key)
{
    const uint64_t half = table_mixed(key) >> (63 - table->bits);
    return table->marks[half >> 3] >> (half & 7) & 1;
}

/* The same as table_find, faster where few keys are there: the marks stay near the processor, and answer for most. */
static inline int32_t table_find_rare(const Table *table, uint64_t key)
{
    const uint64_t slot = table_mixed(key) >> (64 - table->bits);
    return table_find_from(table, key, table_marked(table, key) ? slot : (uint64_t)1 << table->bits);
}

/* quality/phrases.py: `start` has the state after each word as the first of a phrase, the last entry (at `words`) for
 * word -1; `marks` has a bit for each list in which the way to a state is a whole phrase. */
typedef struct {
    const int32_t *start;
    int64_t words;
    const uint32_t *marks;
    Table steps;
    int64_t lists;
} Phrases;

enum { HEADS = 4 }; /* quality/model.py */

enum { LISTS = 32 }; /* of phrases, at most */

/* Tokens of one document, or of many (quality/block.py). `lower`: the bytes they are of, in lower case. */
typedef struct {
    int64_t n;
    uint8_t *kind, *lower;
    int64_t *start, *end;
    int32_t *word;
    uint64_t *key, *stem;
} Tokens;

/* What tokens are cut by: the class of each mark, the class of each byte to the tokeniser, and the words known. */
typedef struct {
    const uint8_t *marks;
    uint8_t class[256];
    Table words;
    const uint64_t *second_halves;
} Cutting;

/* What is looked for to be counted: the lists of each of `words` words and, at the end, of none; and phrases. */
typedef struct {
    const uint8_t *of_word;
    int64_t words;
    Phrases phrases;
} Lists;

/* Terms of one symbol and of two (quality/terms.py), and what they weigh: `level` for each number of times, `idf` for
 * each term, and a row of `weights`. `single`: the term of each symbol, or -1. */
typedef struct {
    int64_t known, classes;
    const int32_t *single;
    Table pairs;
    const double *level, *idf, *weights;
} Terms;

/* Where phrases are told, as far as there is room. */
typedef struct {
    int64_t room;
    int64_t *list, *first, *last;
} Hits;

/* What one room does for another. Those that need memory get what another one made for so many tokens. */
void open_cutting(Cutting *cutting);
int64_t cut_tokens(const Cutting *cutting, const uint8_t *data, int64_t size, Tokens *tokens, int64_t *doc);
int64_t match(const Phrases *phrases, const int32_t *word, int64_t n, int64_t *counts, const Hits *hits);
void *open_counting(int64_t most);
int count_tokens(const Tokens *tokens, const Lists *lists, void *memory, double *out, int64_t apart);
void *open_weighing(const Terms *terms, int64_t most);
void weigh_tokens(const Tokens *tokens, const Terms *terms, void *memory, double *out);
uint64_t combine(uint64_t left, uint64_t right);
API int64_t quality_most_tokens(const uint8_t *data, int64_t size);
API int64_t quality_first_equal(const uint64_t *keys, int64_t count, int64_t *first);
API int64_t quality_repeated(const int64_t *words, int64_t count, const uint64_t *key, const int64_t *of,
                             const int64_t *doc, int64_t length, int64_t window, int64_t *repeated);
API int64_t quality_sentence_starts(const uint8_t *kind, const int64_t *start, const int64_t *end,
                                    const uint8_t *abbreviation, int64_t n, uint8_t *starts);
API int64_t quality_quoted(const uint8_t *kind, const int64_t *first, const int64_t *last, int64_t count,
                           uint8_t *quoted);
API int64_t quality_likeness(const int64_t *at, int64_t words, const int64_t *of, const uint64_t *stem,
                             const int32_t *word, const int64_t *docs, const int64_t *chosen, int64_t count,
                             double *highest);

#endif
