/* The tokeniser: folded bytes -> tokens. Its twin, and what the rules mean, is quality/block.py. */
#include "kernel.h"

enum { DROPPED = 255 };
enum { DIGIT = 1, LETTER = 2, WORD = DIGIT | LETTER, INNER = 4, RUN = 8, MARK = 16, BREAK = 32 };
enum { WRAPPED_LINE = 120, INDENT = 8, STEM = 6, LONGEST = 16, PAD = 24 };
#define UNWRAPPED (1.0 / 3.0)

typedef struct {
    int64_t token;   /* its line break among the tokens; -1 for the first line of a document */
    int64_t visible; /* characters that are seen */
    int64_t bullet;  /* the mark of a list item, which is no token; -1 without one */
    uint8_t heading, item;
} Line;

typedef struct {
    const uint8_t *data;
    const uint8_t *marks, *class;
    uint8_t *in_word; /* a bit for each byte */
    int64_t *start, *end;
    uint8_t *kind;
    int64_t tokens;
    Line *lines; /* of the document at hand */
    int64_t count;
} Cut;

void open_cutting(Cutting *cutting)
{
    uint8_t *class = cutting->class;
    for (int c = 0; c < 256; c++)
        class[c] = cutting->marks[c] ? MARK : 0;
    for (int c = '0'; c <= '9'; c++)
        class[c] = DIGIT;
    for (int c = 'a'; c <= 'z'; c++)
        class[c] = class[c - 32] = LETTER;
    class[0x80] = LETTER;
    class['\''] |= INNER;
    class['.'] |= INNER | RUN;
    class[','] |= INNER;
    class['-'] |= RUN;
    class[0] = class['\n'] = BREAK;
}

static uint8_t in_word(uint8_t c)
{
    return (uint8_t)((uint8_t)((c | 32) - 'a') < 26) | (uint8_t)((uint8_t)(c - '0') < 10) | (uint8_t)(c == 0x80);
}

/* Eight bytes, each 0 or 1, become eight bits by one multiplication. */
static void mark_words(const uint8_t *data, int64_t size, uint8_t *bits)
{
    for (int64_t at = 0; at < size; at += 64) {
        const int64_t many = size - at < 64 ? size - at : 64;
        uint8_t word[64] = {0};
        if (many == 64)
            for (int i = 0; i < 64; i++)
                word[i] = in_word(data[at + i]);
        else
            for (int i = 0; i < many; i++)
                word[i] = in_word(data[at + i]);
        for (int i = 0; i < 64; i += 8) {
            uint64_t eight;
            memcpy(&eight, word + i, 8);
            bits[(at + i) / 8] = (uint8_t)((eight * UINT64_C(0x0102040810204080)) >> 56);
        }
    }
}

/* The first byte from `at` on that is of no word. How long words are cannot be foreseen, so no branch asks it. */
static int64_t word_end(const Cut *cut, int64_t at)
{
    for (;; at += 56) {
        uint64_t bits;
        memcpy(&bits, cut->in_word + at / 8, 8);
        bits = ~(bits >> (at & 7)) | (uint64_t)1 << 56;
        const int run = __builtin_ctzll(bits);
        if (run < 56)
            return at + run;
    }
}

static int is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }
static int is_upper(uint8_t c) { return (uint8_t)(c - 'A') < 26; }

/* Whether the mark at `at`, after a word, joins it with what follows. */
static int joins(const Cut *cut, int64_t at)
{
    const uint8_t *data = cut->data + at;
    if (!(cut->class[data[0]] & INNER) || !(cut->class[data[1]] & WORD))
        return 0;
    const int before = is_digit(data[-1]), after = is_digit(data[1]);
    return data[0] == '\'' || (data[0] == '.' ? before == after : before && after);
}

static uint8_t word_kind(const uint8_t *word, int64_t length)
{
    if (is_digit(word[0])) {
        const int century = (word[0] == '1' && word[1] == '9') || (word[0] == '2' && word[1] == '0');
        return length == 4 && century && is_digit(word[2]) && is_digit(word[3]) ? YEAR : NUMBER;
    }
    if (!is_upper(word[0]))
        return LOWER;
    return length > 1 && is_upper(word[length - 1]) ? CAPITALS : CAPITAL;
}

static void emit(Cut *cut, int64_t start, int64_t end, uint8_t kind)
{
    cut->start[cut->tokens] = start;
    cut->end[cut->tokens] = end;
    cut->kind[cut->tokens++] = kind;
}

static int numbered(const uint8_t *item)
{
    const int two = is_digit(item[0]) && is_digit(item[1]);
    const uint8_t point = item[1 + two], space = item[2 + two];
    return is_digit(item[0]) && (point == '.' || point == ')') && space == ' ';
}

static void open_line(Cut *cut, int64_t at, int64_t token)
{
    Line *line = cut->lines + cut->count++;
    const uint8_t *data = cut->data;
    at++;
    for (int step = 0; step < INDENT; step++)
        at += data[at] == ' ';
    const int bullet = (data[at] == '*' || data[at] == '-' || data[at] == '+') && data[at + 1] == ' ';
    line->token = token;
    line->visible = 0;
    line->bullet = bullet ? at : -1;
    line->heading = data[at] == '#';
    line->item = bullet || numbered(data + at);
}

/* Of the line breaks of a document those stay that begin a paragraph. */
static void close_document(Cut *cut)
{
    int64_t total = 0, wide = 0;
    for (int64_t i = 0; i < cut->count; i++) {
        total += cut->lines[i].visible;
        wide += cut->lines[i].visible > WRAPPED_LINE ? cut->lines[i].visible : 0;
    }
    const int unwrapped = (double)wide > UNWRAPPED * (double)total;
    int blank_before = 1, heading_before = 0;
    for (int64_t i = 0; i < cut->count; i++) {
        const Line *line = cut->lines + i;
        const int full = line->visible > 0;
        const int starts = full && (blank_before || line->heading || line->item || heading_before || unwrapped);
        if (line->token >= 0 && !starts)
            cut->kind[line->token] = DROPPED;
        blank_before = !full;
        if (full)
            heading_before = line->heading;
    }
    cut->count = 0;
}

static void cut_lines(Cut *cut, int64_t size)
{
    const uint8_t *data = cut->data;
    open_line(cut, 0, -1);
    for (int64_t at = 1; at < size;) {
        const uint8_t c = data[at], class = cut->class[c];
        Line *line = cut->lines + cut->count - 1;
        if (class & WORD) {
            const int64_t begin = at;
            do
                at = word_end(cut, at + 1);
            while (joins(cut, at));
            emit(cut, begin, at, word_kind(data + begin, at - begin));
            line->visible += at - begin;
            /* A blank follows, or a hyphen parts two words. */
            at += (data[at] == ' ') | ((data[at] == '-') & (in_word(data[at + 1])));
            continue;
        }
        if (class & BREAK) {
            emit(cut, at, at + 1, c ? PARAGRAPH : END);
            if (c == 0)
                close_document(cut);
            open_line(cut, at, c ? cut->tokens - 1 : -1);
        } else if (class & MARK && !(class & RUN && data[at + 1] == c)) {
            line->visible++;
            if (at != line->bullet)
                emit(cut, at, at + 1, cut->marks[c]);
        }
        at++;
    }
}

static const uint64_t masks[] = {
    0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
};

static uint64_t bytes(const uint8_t *at, int64_t count)
{
    uint64_t eight;
    memcpy(&eight, at, 8);
    return eight & masks[count < 0 ? 0 : count > 8 ? 8 : count];
}

/* Lexicon.find for one word. */
static void find(const Table *table, const uint64_t *second_halves, const uint8_t *word, int64_t length, int32_t *id,
                 uint64_t *key, uint64_t *stem)
{
    const uint64_t first = bytes(word, length), second = bytes(word + 8, length - 8);
    *key = first ^ (second * UINT64_C(0xC2B2AE3D27D4EB4F));
    *stem = first & ((UINT64_C(1) << (8 * STEM)) - 1);
    const int32_t found = table_find(table, *key);
    /* The joined key is a hash for words over eight bytes: the second half settles it. */
    const uint64_t other = second_halves[found < 0 ? table->none : found] ^ second;
    *id = found | -(int32_t)(some(other) | (uint64_t)(length > LONGEST));
}

/* At least as many as there are tokens in `size` bytes: 24 more follow. */
API int64_t quality_most_tokens(const uint8_t *data, int64_t size)
{
    int64_t most = 0, at = 1;
    for (; at + 128 <= size; at += 128) {
        uint8_t some = 0; /* counts to 128, so that eight bits do */
        for (int i = 0; i < 128; i++) {
            const uint8_t word = in_word(data[at + i]), before = in_word(data[at + i - 1]);
            some += (word & (before ^ 1)) | ((word ^ 1) & (uint8_t)(data[at + i] != ' '));
        }
        most += some;
    }
    return most + size - at;
}

/* Of the tokens cut those stay that are none of the dropped; words are looked up. */
static int64_t keep(const Cutting *cutting, Tokens *tokens, int64_t cut, int64_t *doc)
{
    int64_t kept = 0, document = 0;
    for (int64_t i = 0; i < cut; i++) {
        if (tokens->kind[i] == DROPPED)
            continue;
        const int64_t start = tokens->start[kept] = tokens->start[i], end = tokens->end[kept] = tokens->end[i];
        const uint8_t kind = tokens->kind[kept] = tokens->kind[i];
        if (doc)
            doc[kept] = document;
        tokens->word[kept] = -1;
        tokens->key[kept] = tokens->stem[kept] = 0;
        document += kind == END;
        if (kind < POINT)
            find(&cutting->words, cutting->second_halves, tokens->lower + start, end - start, tokens->word + kept,
                 tokens->key + kept, tokens->stem + kept);
        kept++;
    }
    return kept;
}

/* Tokens of `size` bytes of documents, each ended by a NUL and the first begun by one; 24 more bytes follow. Tokens have
 * as many places as `quality_most_tokens` says, `lower` those of the data. `doc`: of each token, unless it is NULL.
 * Returns how many tokens there are, or -1 when memory is lacking. */
int64_t cut_tokens(const Cutting *cutting, const uint8_t *data, int64_t size, Tokens *tokens, int64_t *doc)
{
    Cut cut = {.data = data, .marks = cutting->marks, .class = cutting->class,
               .start = tokens->start, .end = tokens->end, .kind = tokens->kind};
    int64_t breaks = 1;
    for (int64_t i = 0; i < size; i++)
        breaks += (data[i] == 0) | (data[i] == '\n');
    cut.lines = malloc((size_t)breaks * sizeof(Line));
    cut.in_word = malloc((size_t)size / 8 + 32);
    const int lacking = !cut.lines || !cut.in_word;
    if (!lacking) {
        mark_words(data, size + PAD, cut.in_word);
        for (int64_t i = 0; i < size + PAD; i++)
            tokens->lower[i] = data[i] | (uint8_t)(((uint8_t)(data[i] - 'A') < 26) << 5);
        cut_lines(&cut, size);
    }
    free(cut.lines);
    free(cut.in_word);
    tokens->n = lacking ? -1 : keep(cutting, tokens, cut.tokens, doc);
    return tokens->n;
}

/* The same for the arguments of Python. */
API int64_t quality_cut(const uint8_t *data, int64_t size, const uint8_t *marks, const uint64_t *keys,
                        const int32_t *slots, const uint8_t *slot_marks, int64_t none, int64_t bits,
                        const uint64_t *second_halves, uint8_t *lower, int64_t *start, int64_t *end, uint8_t *kind,
                        int32_t *word, uint64_t *key, uint64_t *stem, int64_t *doc)
{
    Cutting cutting = {.marks = marks, .words = {keys, slots, slot_marks, none, bits}, .second_halves = second_halves};
    Tokens tokens = {0, kind, lower, start, end, word, key, stem};
    open_cutting(&cutting);
    return cut_tokens(&cutting, data, size, &tokens, doc);
}
