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

/* quality/lookup.py: an open-addressed table; slot s holds the index of a key, or `none`. */
typedef struct {
    const uint64_t *keys;
    const int32_t *slots;
    int64_t none;
    int64_t bits;
} Table;

/* 1 unless the bits are all 0; arithmetic, where a compiler makes a branch of a comparison. */
static inline uint64_t some(uint64_t bits) { return (bits | (0 - bits)) >> 63; }

static inline int32_t table_find(const Table *table, uint64_t key)
{
    const uint64_t last = ((uint64_t)1 << table->bits) - 1, none = (uint64_t)table->none;
    uint64_t slot = ((key ^ (key >> 32)) * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - table->bits);
    uint64_t index = (uint64_t)table->slots[slot];
    /* There is a key more than indices, for `none`. Mostly the first slot decides, and whether a key is known cannot be
     * foreseen: so the one branch is on whether more slots are to be looked at. */
    while (some(table->keys[index] ^ key) & some(index ^ none)) {
        slot = (slot + 1) & last;
        index = (uint64_t)table->slots[slot];
    }
    return (int32_t)(index | (0 - (some(index ^ none) ^ 1)));
}

#endif
