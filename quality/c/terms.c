/* Counts of terms, their weights, and the logits. The twins are in quality/terms.py and quality/model.py. */
#include <math.h>

#include "kernel.h"

enum { HEADS = 4, LONGEST = 2 }; /* quality/model.py, quality/terms.py */

/* Tokens of `docs` documents, which begin at the tokens `first` of `n`, and the terms of one and of two symbols.
 * `single`: term of each symbol, or -1. */
typedef struct {
    const int32_t *word;
    const uint8_t *kind;
    const int64_t *first;
    int64_t n, docs, known, classes;
    const int32_t *single;
    Table pairs;
} Terms;

/* Terms of the document at hand, each once, in the order of their first use, and how often each term stands in it. */
typedef struct {
    int32_t *symbol, *found, *used, *times;
    int64_t count;
} Counter;

static int64_t end_of(const Terms *terms, int64_t doc) { return doc + 1 < terms->docs ? terms->first[doc + 1] : terms->n; }

static int open_counter(Counter *counter, const Terms *terms)
{
    int64_t most = 0;
    for (int64_t doc = 0; doc < terms->docs; doc++)
        most = end_of(terms, doc) - terms->first[doc] > most ? end_of(terms, doc) - terms->first[doc] : most;
    const size_t n = (size_t)most + 1, size = (size_t)terms->pairs.none + 1;
    counter->symbol = terms->n < INT32_MAX / 2 ? malloc((n * (2 + LONGEST) + size) * sizeof(int32_t)) : NULL;
    counter->found = counter->symbol + n;
    counter->used = counter->found + n;
    counter->times = counter->used + n * LONGEST;
    counter->count = 0;
    if (counter->symbol)
        memset(counter->times, 0, size * sizeof(int32_t));
    return counter->symbol != NULL;
}

/* Whether a term is known, or was in the document before, cannot be foreseen: no branch asks it. */
static void add(Counter *counter, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const int32_t term = counter->found[i];
        counter->used[counter->count] = term;
        counter->count += counter->times[term]++ == 0;
    }
}

/* Counts the terms of so many symbols in a document. */
static void count(Counter *counter, const Terms *terms, int64_t doc, int size)
{
    const int64_t begin = terms->first[doc], n = end_of(terms, doc) - begin;
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t word = terms->word[begin + i];
        counter->symbol[i] = (int32_t)(word >= 0 && word < terms->known ? word + terms->classes : terms->kind[begin + i]);
    }
    for (int64_t i = 0; i < n && size == 1; i++) {
        counter->found[found] = terms->single[counter->symbol[i]];
        found += counter->found[found] >= 0;
    }
    for (int64_t i = 0; i + 1 < n && size == 2; i++) {
        const uint64_t pair = (uint64_t)(counter->symbol[i] + 1) << 16 | (uint64_t)(counter->symbol[i + 1] + 1);
        counter->found[found] = table_find_rare(&terms->pairs, pair);
        found += counter->found[found] >= 0;
    }
    add(counter, found);
}

static void forget(Counter *counter)
{
    for (int64_t i = 0; i < counter->count; i++)
        counter->times[counter->used[i]] = 0;
    counter->count = 0;
}

/* Counts of the terms in each document. The three arrays of the output have 2 * n + 1 places. Returns how many counts
 * there are, or -1 when memory is lacking. */
API int64_t quality_count(const int32_t *word, const uint8_t *kind, const int64_t *first, int64_t n, int64_t docs,
                          int64_t known, int64_t classes, const int32_t *single, const uint64_t *keys,
                          const int32_t *slots, const uint8_t *marks, int64_t none, int64_t bits, int64_t *doc_out,
                          int64_t *term_out, int64_t *times)
{
    const Terms terms = {word, kind, first, n, docs, known, classes, single, {keys, slots, marks, none, bits}};
    Counter counter;
    int64_t counts = 0;
    if (!open_counter(&counter, &terms))
        return -1;
    for (int64_t job = 0; job < LONGEST * docs; job++) {
        const int64_t doc = job % docs;
        count(&counter, &terms, doc, 1 + (int)(job / docs));
        for (int64_t i = 0; i < counter.count; i++, counts++) {
            doc_out[counts] = doc;
            term_out[counts] = counter.used[i];
            times[counts] = counter.times[counter.used[i]];
        }
        forget(&counter);
    }
    free(counter.symbol);
    return counts;
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

/* What the terms of a document add to the logits: those of `quality_tfidf` times the weights. */
static void weigh(const Counter *counter, const double *level, const double *idf, const double *weights, double *out)
{
    double norm = 0;
    for (int64_t i = 0; i < counter->count; i++) {
        const double value = level[counter->times[counter->used[i]]] * idf[counter->used[i]];
        norm += value * value;
    }
    norm = norm > 0 ? sqrt(norm) : 1;
    double sums[HEADS] = {0};
    for (int64_t i = 0; i < counter->count; i++) {
        const int32_t term = counter->used[i];
        const double value = level[counter->times[term]] * idf[term] / norm;
        for (int head = 0; head < HEADS; head++)
            sums[head] += value * weights[(int64_t)term * HEADS + head];
    }
    memcpy(out, sums, sizeof sums);
}

/* What the terms add to the logits of each document: `weights` and `out` have a row of HEADS for each term and document.
 * Returns 0, or -1 when memory is lacking. */
API int64_t quality_term_logits(const int32_t *word, const uint8_t *kind, const int64_t *first, int64_t n, int64_t docs,
                                int64_t known, int64_t classes, const int32_t *single, const uint64_t *keys,
                                const int32_t *slots, const uint8_t *marks, int64_t none, int64_t bits,
                                const double *level, const double *idf, const double *weights, double *out)
{
    const Terms terms = {word, kind, first, n, docs, known, classes, single, {keys, slots, marks, none, bits}};
    Counter counter;
    if (!open_counter(&counter, &terms))
        return -1;
    for (int64_t doc = 0; doc < docs; doc++) {
        count(&counter, &terms, doc, 1);
        count(&counter, &terms, doc, 2);
        weigh(&counter, level, idf, weights, out + doc * HEADS);
        forget(&counter);
    }
    free(counter.symbol);
    return 0;
}
