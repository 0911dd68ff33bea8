/* Counts of terms, their weights, and the logits. The twins are in quality/terms.py and quality/model.py. */
#include <math.h>

#include "kernel.h"

enum { HEADS = 4 }; /* quality/model.py */

/* The counts so far. Whether a term is known, or was in the document before, cannot be foreseen: no branch asks it. */
typedef struct {
    int64_t *doc, *term, *times;
    int32_t *place; /* of each term: where its last count stands */
    int64_t counts;
} Counter;

static void add(Counter *counter, const int32_t *terms, int64_t n, int64_t doc)
{
    const int64_t begin = counter->counts;
    int64_t counts = begin;
    for (int64_t i = 0; i < n; i++) {
        const int32_t term = terms[i];
        const int64_t place = counter->place[term];
        const int fresh = place < begin;
        const int64_t at = fresh ? counts : place;
        counter->place[term] = (int32_t)at;
        counter->doc[at] = doc;
        counter->term[at] = term;
        counter->times[at] = (fresh ? 0 : counter->times[at]) + 1;
        counts += fresh;
    }
    counter->counts = counts;
}

/* Terms of one and of two tokens, counted for each document. `single`: term of each symbol, or -1. The three arrays of
 * the output have 2 * n + 1 places. Returns how many counts there are, or -1 when memory is lacking. */
API int64_t quality_count(const int32_t *word, const uint8_t *kind, const int64_t *doc, int64_t n, int64_t known,
                          int64_t classes, const int32_t *single, const uint64_t *keys, const int32_t *slots,
                          int64_t none, int64_t bits, int64_t *doc_out, int64_t *term_out, int64_t *times)
{
    const Table table = {keys, slots, none, bits};
    Counter counter = {.doc = doc_out, .term = term_out, .times = times};
    uint16_t *symbol = malloc(((size_t)n + 1) * sizeof *symbol);
    int32_t *found = malloc(((size_t)n + 1) * sizeof *found);
    counter.place = malloc(((size_t)none + 1) * sizeof *counter.place);
    const int lacking = !symbol || !found || !counter.place || n > INT32_MAX / 2;
    if (!lacking) {
        memset(counter.place, -1, (size_t)none * sizeof *counter.place);
        for (int64_t i = 0; i < n; i++)
            symbol[i] = (uint16_t)(word[i] >= 0 && word[i] < known ? word[i] + classes : kind[i]);
    }
    for (int size = 1; size <= 2 && !lacking; size++) {
        for (int64_t begin = 0, end; begin < n; begin = end) {
            int64_t some = 0;
            for (end = begin; end < n && doc[end] == doc[begin]; end++) {
                const uint64_t pair = (uint64_t)(symbol[end] + 1) << 16 | (uint64_t)(symbol[end + (end + 1 < n)] + 1);
                const int32_t term = size == 1 ? single[symbol[end]] : end + 1 < n ? table_find(&table, pair) : -1;
                found[some] = term;
                some += term >= 0;
            }
            add(&counter, found, some, doc[begin]);
        }
    }
    free(symbol);
    free(found);
    free(counter.place);
    return lacking ? -1 : counter.counts;
}

/* tfidf: `level` is the weight of each number of times. `norm` has a place for each document. */
API int64_t quality_tfidf(const int64_t *doc, const int64_t *term, const int64_t *times, int64_t n, const double *level,
                          const double *idf, int64_t docs, double *norm, double *value)
{
    for (int64_t i = 0; i < docs; i++)
        norm[i] = 0;
    for (int64_t i = 0; i < n;) {
        const int64_t one = doc[i];
        double sum = norm[one];
        for (; i < n && doc[i] == one; i++) {
            value[i] = level[times[i]] * idf[term[i]];
            sum += value[i] * value[i];
        }
        norm[one] = sum;
    }
    for (int64_t i = 0; i < docs; i++)
        norm[i] = norm[i] > 0 ? sqrt(norm[i]) : 1;
    for (int64_t i = 0; i < n; i++)
        value[i] /= norm[doc[i]];
    return 0;
}

/* What the terms add to the logits: `weights` and `out` have a row of HEADS for each term and document. */
API int64_t quality_term_logits(const int64_t *doc, const int64_t *term, const double *value, int64_t n,
                                const double *weights, int64_t docs, double *out)
{
    for (int64_t i = 0; i < docs * HEADS; i++)
        out[i] = 0;
    for (int64_t i = 0; i < n;) {
        const int64_t one = doc[i];
        double sums[HEADS];
        memcpy(sums, out + one * HEADS, sizeof sums);
        for (; i < n && doc[i] == one; i++)
            for (int head = 0; head < HEADS; head++)
                sums[head] += value[i] * weights[term[i] * HEADS + head];
        memcpy(out + one * HEADS, sums, sizeof sums);
    }
    return 0;
}
