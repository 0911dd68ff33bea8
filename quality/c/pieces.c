/* Pieces of a block (sentences, paragraphs, documents) and counts in them. The twins are in quality/pieces.py. */
#include "kernel.h"

/* How many of `n` tokens are chosen in each of `count` pieces, by the first token of each. */
API int64_t quality_counts(const uint8_t *chosen, int64_t n, const int64_t *first, int64_t count, int64_t *counts)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t end = i + 1 < count ? first[i + 1] : n;
        int64_t sum = 0;
        for (int64_t at = first[i]; at < end; at++)
            sum += chosen[at];
        counts[i] = sum;
    }
    return 0;
}

/* The piece of each token, from which tokens begin one (the first does), and the first token of each piece, in as many
 * places as there are tokens. Returns how many pieces there are. */
API int64_t quality_pieces(const uint8_t *starts, int64_t n, int64_t *of, int64_t *first)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        first[count] = i;
        count += starts[i] | (i == 0);
        of[i] = count - 1;
    }
    return count;
}
