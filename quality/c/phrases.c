/* Phrases. Its twin is quality/phrases.py. */
#include "kernel.h"

enum { WORD_BITS = 20, TOKENS = 256 }; /* looked at in one go */

static void tell(const Hits *hits, int64_t at, int64_t list, int64_t first, int64_t last)
{
    if (!hits || at >= hits->room)
        return;
    hits->list[at] = list;
    hits->first[at] = first;
    hits->last[at] = last;
}

static int64_t state_after(const Phrases *phrases, int32_t word)
{
    return phrases->start[word < 0 ? phrases->words : word];
}

static uint64_t step(int64_t state, int32_t word) { return (uint64_t)state << WORD_BITS | (uint32_t)word; }

/* Tokens from `from` to `to` at which a phrase may begin: a word that is one, or a word and the next that may begin one.
 * No branch asks for either, as nobody can foresee it. */
static int64_t candidates(const Phrases *phrases, const int32_t *word, int64_t n, int64_t from, int64_t to, int64_t *at)
{
    int64_t count = 0;
    for (int64_t i = from; i < to; i++) {
        const int64_t state = state_after(phrases, word[i]);
        const int32_t next = word[i + 1 < n ? i + 1 : i];
        const int goes_on = (next >= 0) & (i + 1 < n) & table_marked(&phrases->steps, step(state, next));
        at[count] = i;
        count += (state > 0) & ((phrases->marks[state] != 0) | goes_on);
    }
    return count;
}

/* The lists that have a phrase which begins at a token, and the last token of the longest phrase of each. */
static uint32_t walk(const Phrases *phrases, const int32_t *word, int64_t n, int64_t at, int64_t *longest)
{
    uint32_t seen = 0;
    for (int64_t state = state_after(phrases, word[at]); state > 0;) {
        for (uint32_t left = phrases->marks[state]; left; left &= left - 1)
            longest[__builtin_ctz(left)] = at;
        seen |= phrases->marks[state];
        if (++at == n || word[at] < 0)
            break;
        state = (int64_t)table_find_rare(&phrases->steps, step(state, word[at])) + 1;
    }
    return seen;
}

/* The longest phrase of each list at every token where one begins, none inside another of its list, in order of the
 * text. Adds how many there are to `counts` of each list; returns how many in all. */
int64_t match(const Phrases *phrases, const int32_t *word, int64_t n, int64_t *counts, const Hits *hits)
{
    int64_t taken[LISTS], longest[LISTS], at[TOKENS], found = 0; /* taken: the last token inside a phrase of each list */
    for (int list = 0; list < LISTS; list++)
        taken[list] = -1;
    for (int64_t from = 0; from < n; from += TOKENS) {
        const int64_t count = candidates(phrases, word, n, from, from + TOKENS < n ? from + TOKENS : n, at);
        for (int64_t i = 0; i < count; i++) {
            for (uint32_t seen = walk(phrases, word, n, at[i], longest); seen; seen &= seen - 1) {
                const int list = __builtin_ctz(seen);
                if (list >= phrases->lists || at[i] <= taken[list])
                    continue;
                taken[list] = longest[list];
                counts[list]++;
                tell(hits, found++, list, at[i], longest[list]);
            }
        }
    }
    return found;
}

/* The same for the arguments of Python. Phrases past the `room` are not written. */
API int64_t quality_match(const int32_t *word, int64_t n, const int32_t *start, int64_t words, const uint32_t *marks,
                          const uint64_t *keys, const int32_t *slots, const uint8_t *slot_marks, int64_t none, int64_t bits, int64_t lists,
                          int64_t room, int64_t *list, int64_t *first, int64_t *last)
{
    const Phrases phrases = {start, words, marks, {keys, slots, slot_marks, none, bits}, lists};
    const Hits hits = {room, list, first, last};
    int64_t counts[LISTS] = {0};
    return match(&phrases, word, n, counts, &hits);
}
