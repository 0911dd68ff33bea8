/* Everything that a score is made of, document by document. The twin: quality/features.py. */
#include "kernel.h"

enum { FEW = 1 << 14 }; /* bytes for each of which there is room for a token without counting them before */

/* Arrays for the tokens of the longest of `docs` documents, which begin in `data` at `first`, after a NUL each. */
static void *open_tokens(Tokens *tokens, const uint8_t *data, const int64_t *first, int64_t docs, int64_t *most)
{
    int64_t size = 0;
    *most = 0;
    for (int64_t i = 0; i < docs; i++) {
        const int64_t length = first[i + 1] - first[i] + 1;
        const int64_t some = length < FEW ? length : quality_most_tokens(data + first[i] - 1, length);
        *most = some > *most ? some : *most;
        size = length > size ? length : size;
    }
    const size_t n = (size_t)*most;
    char *const memory = malloc(n * (4 * sizeof(int64_t) + sizeof(int32_t) + 1) + (size_t)size + 32);
    tokens->start = (int64_t *)memory;
    tokens->end = tokens->start + n;
    tokens->key = (uint64_t *)(tokens->end + n);
    tokens->stem = tokens->key + n;
    tokens->word = (int32_t *)(tokens->stem + n);
    tokens->kind = (uint8_t *)(tokens->word + n);
    tokens->lower = tokens->kind + n;
    return memory;
}

/* What is counted in the tokens of each document (a row for each number in `table`), and what its terms add to the
 * logits (a row of HEADS for each document in `logits`). Returns 0, or -1 when memory is lacking. */
API int64_t quality_judged(const uint8_t *data, const int64_t *first, int64_t docs,
                           const uint8_t *marks, const uint64_t *word_keys, const int32_t *word_slots,
                           const uint8_t *word_marks, int64_t no_word, int64_t word_bits, const uint64_t *second_halves,
                           const uint8_t *lists_of_word, int64_t words,
                           const int32_t *opening, int64_t opening_words, const uint32_t *phrase_lists,
                           const uint64_t *step_keys, const int32_t *step_slots, const uint8_t *step_marks,
                           int64_t no_step, int64_t step_bits, int64_t lists,
                           int64_t known, int64_t classes, const int32_t *single, const uint64_t *pair_keys,
                           const int32_t *pair_slots, const uint8_t *pair_marks, int64_t no_pair, int64_t pair_bits,
                           const double *level, const double *idf, const double *weights, double *table, double *logits)
{
    Cutting cutting = {.marks = marks, .words = {word_keys, word_slots, word_marks, no_word, word_bits},
                       .second_halves = second_halves};
    const Phrases phrases = {opening, opening_words, phrase_lists,
                             {step_keys, step_slots, step_marks, no_step, step_bits}, lists};
    const Lists looked_for = {lists_of_word, words, phrases};
    const Terms terms = {known, classes, single, {pair_keys, pair_slots, pair_marks, no_pair, pair_bits}, level, idf,
                         weights};
    Tokens tokens;
    int64_t most;
    void *const memory = open_tokens(&tokens, data, first, docs, &most);
    void *const counting = open_counting(most), *const weighing = open_weighing(&terms, most);
    int lacking = !memory || !counting || !weighing;
    open_cutting(&cutting);
    for (int64_t i = 0; i < docs && !lacking; i++) {
        lacking = cut_tokens(&cutting, data + first[i] - 1, first[i + 1] - first[i] + 1, &tokens, NULL) < 0
                  || count_tokens(&tokens, &looked_for, counting, table + i, docs) < 0;
        if (!lacking)
            weigh_tokens(&tokens, &terms, weighing, logits + i * HEADS);
    }
    free(memory);
    free(counting);
    free(weighing);
    return lacking ? -1 : 0;
}
