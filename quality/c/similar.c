/* Likeness of sentences. Its twin is quality/similar.py. */
#include <math.h>

#include "kernel.h"

enum { PLACES = 64, TILE = 16, RING = 32, MOST = 127 };

typedef struct {
    int16_t at[PLACES];
    float norm;
    int64_t doc;
} Vector;

static int32_t dot(const int16_t *left, const int16_t *right)
{
    int32_t sum = 0;
    for (int i = 0; i < PLACES; i++)
        sum += left[i] * right[i];
    return sum;
}

static void add(int64_t *sums, uint64_t stem, int32_t word)
{
    stem *= UINT64_C(0x9E3779B97F4A7C15);
    const int64_t weight = word >= 0 ? 1 : 2;
    sums[stem >> 58] += (stem >> 40) & 1 ? weight : -weight;
}

/* For each of `count` chosen sentences the highest cosine with one of the 16 before it in its document. `at`: the
 * `words` content words, `of`: sentence of each token, `docs`: document of each sentence. */
API int64_t quality_likeness(const int64_t *at, int64_t words, const int64_t *of, const uint64_t *stem,
                             const int32_t *word, const int64_t *docs, const int64_t *chosen, int64_t count,
                             double *highest)
{
    Vector ring[RING];
    int64_t next = 0;
    for (int64_t i = 0; i < count; i++) {
        Vector *own = ring + (i & (RING - 1));
        int64_t sums[PLACES] = {0};
        while (next < words && of[at[next]] < chosen[i])
            next++;
        for (; next < words && of[at[next]] == chosen[i]; next++)
            add(sums, stem[at[next]], word[at[next]]);
        for (int j = 0; j < PLACES; j++)
            own->at[j] = (int16_t)(sums[j] > MOST ? MOST : sums[j] < -MOST ? -MOST : sums[j]);
        own->norm = sqrtf((float)dot(own->at, own->at));
        own->doc = docs[chosen[i]];
        float best = 0;
        for (int64_t j = i - 1; j >= 0 && j >= i - TILE && ring[j & (RING - 1)].doc == own->doc; j--) {
            const Vector *earlier = ring + (j & (RING - 1));
            const float scale = own->norm * earlier->norm;
            const float cosine = (float)dot(own->at, earlier->at) / (scale > 1 ? scale : 1);
            best = cosine > best ? cosine : best;
        }
        highest[i] = best;
    }
    return 0;
}
