/* Phrases. Its twin is quality/phrases.py. */
#include "kernel.h"

enum { WORD_BITS = 20, LISTS = 32 };

/* The longest phrase of each list at every token where one begins, none inside another of its list, in order of the
 * text. `start`: state after each word as the first of a phrase, the last entry (at `words`) for word -1. The three
 * arrays of the output have `room` places. Returns how many phrases there are; those past the room are not written. */
API int64_t quality_match(const int32_t *word, int64_t n, const int32_t *start, int64_t words, const uint32_t *marks,
                          const uint64_t *keys, const int32_t *slots, int64_t none, int64_t bits, int64_t lists,
                          int64_t room, int64_t *in_list, int64_t *first, int64_t *last)
{
    const Table table = {keys, slots, none, bits};
    int64_t taken[LISTS], found = 0; /* the last token inside a phrase of each list */
    for (int list = 0; list < LISTS; list++)
        taken[list] = -1;
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
            if (found < room) {
                in_list[found] = list;
                first[found] = i;
                last[found] = longest[list];
            }
            found++;
        }
    }
    return found;
}
