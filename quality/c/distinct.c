/* Equal keys, and runs of words that come again. The twins: quality/distinct.py and quality/signals/repetition.py. */
#include "kernel.h"

/* A table of the keys seen: an index + 1 in each slot, 0 in those that are free. */
typedef struct {
    int32_t *slots;
    const uint64_t *keys;
    int64_t bits;
} Seen;

static int open_seen(Seen *seen, const uint64_t *keys, int64_t count)
{
    seen->keys = keys;
    for (seen->bits = 4; ((int64_t)1 << seen->bits) < 4 * count; seen->bits++)
        ;
    seen->slots = count < INT32_MAX ? calloc((size_t)1 << seen->bits, sizeof *seen->slots) : NULL;
    return seen->slots != NULL;
}

/* The first index at which the key of `index` was seen. */
static int64_t first_seen(Seen *seen, int64_t index)
{
    const uint64_t key = seen->keys[index], last = ((uint64_t)1 << seen->bits) - 1;
    /* Steps of an own length for each key, so that no text can make many keys walk the same way. */
    const uint64_t step = ((key ^ (key >> 31)) * UINT64_C(0xC2B2AE3D27D4EB4F)) >> (64 - seen->bits) | 1;
    uint64_t slot = ((key ^ (key >> 29)) * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - seen->bits);
    int32_t at = seen->slots[slot];
    /* Whether a key was seen cannot be foreseen: the one branch is on whether another key stands in its place. */
    while (some((uint64_t)at) & some(seen->keys[at - (at != 0)] ^ key)) {
        slot = (slot + step) & last;
        at = seen->slots[slot];
    }
    at = at ? at : (int32_t)(index + 1);
    seen->slots[slot] = at;
    return at - 1;
}

/* For each key the index of the first that is equal to it. Returns 0, or -1 when memory is lacking. */
API int64_t quality_first_equal(const uint64_t *keys, int64_t count, int64_t *first)
{
    Seen seen;
    if (!open_seen(&seen, keys, count))
        return -1;
    for (int64_t i = 0; i < count; i++)
        first[i] = first_seen(&seen, i);
    free(seen.slots);
    return 0;
}

uint64_t combine(uint64_t left, uint64_t right)
{
    const uint64_t mixed = (left ^ (left >> 31)) * UINT64_C(0xC2B2AE3D27D4EB4F) + right;
    return (mixed ^ (mixed >> 33)) * UINT64_C(0x165667B19E3779F9);
}

/* For each key the first index in its group that has it. Groups stand one after the other; each gets a table of its own
 * size, so that small ones stay near. Returns 0, or -1 when memory is lacking. */
API int64_t quality_first_in_group(const uint64_t *keys, const int64_t *group, int64_t count, int64_t *first)
{
    Seen seen = {0};
    for (int64_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && group[end] == group[begin]; end++)
            ;
        if (!seen.slots || 4 * (end - begin) > (int64_t)1 << seen.bits) {
            free(seen.slots);
            if (!open_seen(&seen, keys, end - begin))
                return -1;
        } else {
            memset(seen.slots, 0, sizeof *seen.slots << seen.bits);
        }
        seen.keys = keys + begin;
        for (int64_t i = begin; i < end; i++)
            first[i] = begin + first_seen(&seen, i - begin);
    }
    free(seen.slots);
    return 0;
}

/* Of `count` words (tokens) those at which a run of `length` words begins, within one sentence, that stood before in
 * its window of `window` words of the document. Returns how many, or -1 when memory is lacking. */
API int64_t quality_repeated(const int64_t *words, int64_t count, const uint64_t *key, const int64_t *of,
                             const int64_t *doc, int64_t length, int64_t window, int64_t *repeated)
{
    Seen seen;
    uint64_t *runs = malloc(((size_t)window + 1) * sizeof *runs); /* keys of the window's runs so far */
    if (!runs || !open_seen(&seen, runs, window)) {
        free(runs);
        return -1;
    }
    int64_t found = 0, some = 0, place = 0, document = -1;
    for (int64_t i = 0; i + length <= count; i++, place++) {
        if (doc[words[i]] != document || place == window) {
            document = doc[words[i]];
            memset(seen.slots, 0, sizeof *seen.slots << seen.bits);
            place = some = 0;
        }
        if (of[words[i]] != of[words[i + length - 1]])
            continue;
        runs[some] = key[words[i]];
        for (int64_t step = 1; step < length; step++)
            runs[some] = combine(runs[some], key[words[i + step]]);
        if (first_seen(&seen, some) != some)
            repeated[found++] = i;
        some++;
    }
    free(seen.slots);
    free(runs);
    return found;
}
