/* Counts of terms, their weights, and the logits. The twins are in quality/terms.py and quality/model.py. */
#include <math.h>

#include "kernel.h"

typedef struct {
    const int64_t *doc;
    int64_t *doc_out, *term_out, *times;
    int32_t *place; /* of each term: where its last count stands */
    int64_t counts;
} Counter;

static void add(Counter *counter, int64_t doc, int32_t term)
{
    const int64_t place = counter->place[term];
    if (place >= 0 && counter->doc_out[place] == doc) {
        counter->times[place]++;
        return;
    }
    counter->place[term] = (int32_t)counter->counts;
    counter->doc_out[counter->counts] = doc;
    counter->term_out[counter->counts] = term;
    counter->times[counter->counts++] = 1;
}

/* Terms of one and of two tokens, counted for each document. `single`: term of each symbol, or -1. The three arrays of
 * the output have 2 * n places. Returns how many counts there are, or -1 when memory is lacking. */
API int64_t quality_count(const int32_t *word, const uint8_t *kind, const int64_t *doc, int64_t n, int64_t known,
                          int64_t classes, const int32_t *single, const uint64_t *keys, const int32_t *slots,
                          int64_t none, int64_t bits, int64_t *doc_out, int64_t *term_out, int64_t *times)
{
    const Table table = {keys, slots, none, bits};
    Counter counter = {.doc_out = doc_out, .term_out = term_out, .times = times};
    uint16_t *symbol = malloc((size_t)n * sizeof *symbol + 1);
    counter.place = malloc((size_t)none * sizeof *counter.place + 1);
    const int lacking = !symbol || !counter.place || n > INT32_MAX / 2;
    for (int64_t i = 0; !lacking && i < none; i++)
        counter.place[i] = -1;
    for (int64_t i = 0; !lacking && i < n; i++) {
        symbol[i] = (uint16_t)(word[i] >= 0 && word[i] < known ? word[i] + classes : kind[i]);
        if (single[symbol[i]] >= 0)
            add(&counter, doc[i], single[symbol[i]]);
    }
    for (int64_t i = 0; !lacking && i + 1 < n; i++) {
        const int32_t term = table_find(&table, (uint64_t)(symbol[i] + 1) << 16 | (uint64_t)(symbol[i + 1] + 1));
        if (term >= 0)
            add(&counter, doc[i], term);
    }
    free(symbol);
    free(counter.place);
    return lacking ? -1 : counter.counts;
}

/* tfidf: `level` is the weight of each number of times. `norm` has a place for each document. */
API int64_t quality_tfidf(const int64_t *doc, const int64_t *term, const int64_t *times, int64_t n, const double *level,
                          const double *idf, int64_t docs, double *norm, double *value)
{
    for (int64_t i = 0; i < docs; i++)
        norm[i] = 0;
    for (int64_t i = 0; i < n; i++) {
        value[i] = level[times[i]] * idf[term[i]];
        norm[doc[i]] += value[i] * value[i];
    }
    for (int64_t i = 0; i < docs; i++)
        norm[i] = norm[i] > 0 ? sqrt(norm[i]) : 1;
    for (int64_t i = 0; i < n; i++)
        value[i] /= norm[doc[i]];
    return 0;
}

/* What the terms add to the logits: `weights` and `out` have a row of `heads` for each term and document. */
API int64_t quality_term_logits(const int64_t *doc, const int64_t *term, const double *value, int64_t n,
                                const double *weights, int64_t heads, int64_t docs, double *out)
{
    for (int64_t i = 0; i < docs * heads; i++)
        out[i] = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t head = 0; head < heads; head++)
            out[doc[i] * heads + head] += value[i] * weights[term[i] * heads + head];
    return 0;
}
