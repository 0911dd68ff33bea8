/* Counts of terms, their weights, and the logits. The twins are in quality/terms.py and quality/model.py. */
#include <math.h>

#include "kernel.h"

enum { LONGEST = 2 }; /* quality/terms.py */

/* The symbols of a document, its terms, each once, in the order of their first use, and how often each stands in it. */
typedef struct {
    double *value;
    int32_t *symbol, *found, *used, *times;
    int64_t n, count;
} Counter;

/* Memory to count terms of documents of at most so many tokens; NULL when it is lacking. Whoever opens it frees it. */
void *open_weighing(const Terms *terms, int64_t most)
{
    const size_t n = (size_t)most + 1, size = (size_t)terms->pairs.none + 1;
    const size_t bytes = n * LONGEST * sizeof(double) + (n * (2 + LONGEST) + size) * sizeof(int32_t);
    Counter *counter = most < INT32_MAX / 2 ? malloc(sizeof *counter + bytes) : NULL;
    if (!counter)
        return NULL;
    counter->value = (double *)(counter + 1);
    counter->symbol = (int32_t *)(counter->value + n * LONGEST);
    counter->found = counter->symbol + n;
    counter->used = counter->found + n;
    counter->times = counter->used + n * LONGEST;
    counter->count = 0;
    memset(counter->times, 0, size * sizeof(int32_t));
    return counter;
}

static void read_symbols(Counter *counter, const Terms *terms, const int32_t *word, const uint8_t *kind, int64_t n)
{
    counter->n = n;
    for (int64_t i = 0; i < n; i++)
        counter->symbol[i] = (int32_t)(word[i] >= 0 && word[i] < terms->known ? word[i] + terms->classes : kind[i]);
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

static void count_singles(Counter *counter, const Terms *terms)
{
    int64_t found = 0;
    for (int64_t i = 0; i < counter->n; i++) {
        counter->found[found] = terms->single[counter->symbol[i]];
        found += counter->found[found] >= 0;
    }
    add(counter, found);
}

static void count_pairs(Counter *counter, const Terms *terms)
{
    int64_t found = 0;
    for (int64_t i = 0; i + 1 < counter->n; i++) {
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

/* Counts of the terms in each of `docs` documents, which begin at the tokens `first` of `n`: those of one symbol, then
 * those of two. The three arrays of the output have 2 * n + 1 places. Returns how many counts there are, or -1 when
 * memory is lacking. */
API int64_t quality_count(const int32_t *word, const uint8_t *kind, const int64_t *first, int64_t n, int64_t docs,
                          int64_t known, int64_t classes, const int32_t *single, const uint64_t *keys,
                          const int32_t *slots, const uint8_t *marks, int64_t none, int64_t bits, int64_t *doc_out,
                          int64_t *term_out, int64_t *times)
{
    const Terms terms = {known, classes, single, {keys, slots, marks, none, bits}, NULL, NULL, NULL};
    Counter *const counter = open_weighing(&terms, n);
    int64_t counts = 0;
    for (int64_t job = 0; counter && job < LONGEST * docs; job++) {
        const int64_t doc = job % docs, begin = first[doc], end = doc + 1 < docs ? first[doc + 1] : n;
        read_symbols(counter, &terms, word + begin, kind + begin, end - begin);
        if (job < docs)
            count_singles(counter, &terms);
        else
            count_pairs(counter, &terms);
        for (int64_t i = 0; i < counter->count; i++, counts++) {
            doc_out[counts] = doc;
            term_out[counts] = counter->used[i];
            times[counts] = counter->times[counter->used[i]];
        }
        forget(counter);
    }
    free(counter);
    return counter ? counts : -1;
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

/* What the terms of a document add to the logits of the HEADS: the values of `quality_tfidf` times the weights. */
void weigh_tokens(const Tokens *tokens, const Terms *terms, void *memory, double *out)
{
    Counter *const counter = memory;
    read_symbols(counter, terms, tokens->word, tokens->kind, tokens->n);
    count_singles(counter, terms);
    count_pairs(counter, terms);
    double norm = 0, sums[HEADS] = {0};
    for (int64_t i = 0; i < counter->count; i++) {
        const int32_t term = counter->used[i];
        counter->value[i] = terms->level[counter->times[term]] * terms->idf[term];
        norm += counter->value[i] * counter->value[i];
        counter->times[term] = 0;
    }
    norm = norm > 0 ? sqrt(norm) : 1;
    for (int64_t i = 0; i < counter->count; i++) {
        const double value = counter->value[i] / norm, *weights = terms->weights + (int64_t)counter->used[i] * HEADS;
        for (int head = 0; head < HEADS; head++)
            sums[head] += value * weights[head];
    }
    memcpy(out, sums, sizeof sums);
    counter->count = 0;
}
