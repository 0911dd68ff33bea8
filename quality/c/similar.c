/* Likeness of sentences. Its twin is quality/similar.py. */
#include <math.h>

#include "kernel.h"

enum { PLACES = 64, TILE = 16, MOST = 127 };

/* A vector of a sentence, most of whose places are 0: `used` has a bit for each that may not be. */
typedef struct {
    int32_t at[PLACES];
    uint64_t used;
    float norm;
} Vector;

/* The vectors of the last sentences, place by place, so that one number of a sentence meets those of all at once. */
typedef struct {
    int16_t at[PLACES][TILE];
    uint64_t used[TILE];
    float norm[TILE];
    int64_t doc[TILE];
} Ring;

static void add(Vector *vector, uint64_t stem, int32_t word)
{
    stem *= UINT64_C(0x9E3779B97F4A7C15);
    const int32_t weight = word >= 0 ? 1 : 2;
    vector->at[stem >> 58] += (stem >> 40) & 1 ? weight : -weight;
    vector->used |= UINT64_C(1) << (stem >> 58);
}

static void close_vector(Vector *vector)
{
    int32_t squares = 0;
    for (uint64_t left = vector->used; left; left &= left - 1) {
        int32_t *at = vector->at + __builtin_ctzll(left);
        *at = *at > MOST ? MOST : *at < -MOST ? -MOST : *at;
        squares += *at * *at;
    }
    vector->norm = sqrtf((float)squares);
}

static float highest_cosine(const Vector *vector, const Ring *ring, int64_t doc)
{
    int32_t dots[TILE] = {0};
    for (uint64_t left = vector->used; left; left &= left - 1) {
        const int place = __builtin_ctzll(left);
        const int16_t own = (int16_t)vector->at[place], *others = ring->at[place];
        for (int j = 0; j < TILE; j++)
            dots[j] += own * others[j];
    }
    float best = 0;
    for (int j = 0; j < TILE; j++) {
        const float scale = vector->norm * ring->norm[j];
        const float cosine = ring->doc[j] == doc ? (float)dots[j] / (scale > 1 ? scale : 1) : 0;
        best = cosine > best ? cosine : best;
    }
    return best;
}

static void put(Ring *ring, int64_t place, const Vector *vector, int64_t doc)
{
    for (uint64_t left = ring->used[place] | vector->used; left; left &= left - 1) {
        const int at = __builtin_ctzll(left);
        ring->at[at][place] = (int16_t)vector->at[at];
    }
    ring->used[place] = vector->used;
    ring->norm[place] = vector->norm;
    ring->doc[place] = doc;
}

/* For each of `count` chosen sentences the highest cosine with one of the 16 before it in its document. `at`: the
 * `words` content words, `of`: sentence of each token, `docs`: document of each sentence. */
API int64_t quality_likeness(const int64_t *at, int64_t words, const int64_t *of, const uint64_t *stem,
                             const int32_t *word, const int64_t *docs, const int64_t *chosen, int64_t count,
                             double *highest)
{
    Ring ring = {0};
    for (int j = 0; j < TILE; j++)
        ring.doc[j] = -1;
    int64_t next = 0;
    for (int64_t i = 0; i < count; i++) {
        Vector vector = {0};
        while (next < words && of[at[next]] < chosen[i])
            next++;
        for (; next < words && of[at[next]] == chosen[i]; next++)
            add(&vector, stem[at[next]], word[at[next]]);
        close_vector(&vector);
        highest[i] = highest_cosine(&vector, &ring, docs[chosen[i]]);
        put(&ring, i % TILE, &vector, docs[chosen[i]]);
    }
    return 0;
}
