/* Characters -> bytes. Its twin is quality/fold.py. */
#include "kernel.h"

/* The byte of each of `n` code points from a table of `size` bytes. Returns 1 if some lie beyond the table (they get its
 * last byte), plus 2 if some are to be dropped. */
API int64_t quality_fold(const uint32_t *codes, int64_t n, const uint8_t *table, int64_t size, int64_t drop, uint8_t *data)
{
    int beyond = 0, dropped = 0;
    for (int64_t i = 0; i < n; i++) {
        const int far = codes[i] >= size;
        data[i] = table[far ? size - 1 : codes[i]];
        beyond |= far;
        dropped |= data[i] == drop;
    }
    return beyond + 2 * dropped;
}

/* Leaves out the bytes that are `drop`; `gaps` tells of each how many stay before it. Returns how many stay. */
API int64_t quality_squeeze(uint8_t *data, int64_t n, int64_t drop, int64_t *gaps)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint8_t byte = data[i];
        if (byte == drop)
            *gaps++ = kept;
        data[kept] = byte;
        kept += byte != drop;
    }
    return kept;
}
