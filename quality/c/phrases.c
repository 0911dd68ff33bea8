/* Phrases. Its twin is quality/phrases.py. */
#include "kernel.h"

enum { WORD_BITS = 20, LISTS = 32 };

/* For each list the longest phrase at every token where one begins, none inside another. `start`: state after each word
 * as the first of a phrase, the last entry (at `words`) for word -1. `first` and `last` have `n` places for each list;
 * `found` tells how many of them are taken. */
API int64_t quality_match(const int32_t *word, int64_t n, const int32_t *start, int64_t words, const uint32_t *marks,
                       const uint64_t *keys, const int32_t *slots, int64_t none, int64_t bits, int64_t lists,
                       int64_t *first, int64_t *last, int64_t *found)
{
    const Table table = {keys, slots, none, bits};
    int64_t taken[LISTS]; /* the last token inside a phrase of each list */
    for (int64_t list = 0; list < lists; list++) {
        taken[list] = -1;
        found[list] = 0;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t longest[LISTS], state = start[word[i] < 0 ? words : word[i]];
        uint32_t seen = 0;
        for (int64_t at = i; state > 0;) {
            for (uint32_t left = marks[state]; left; left &= left - 1)
                longest[__builtin_ctz(left)] = at;
            seen |= marks[state];
            if (++at == n || word[at] < 0)
                break;
            state = (int64_t)table_find(&table, (uint64_t)state << WORD_BITS | (uint64_t)word[at]) + 1;
        }
        for (; seen; seen &= seen - 1) {
            const int list = __builtin_ctz(seen);
            if (list >= lists || i <= taken[list])
                continue;
            taken[list] = longest[list];
            first[list * n + found[list]] = i;
            last[list * n + found[list]++] = longest[list];
        }
    }
    return 0;
}
