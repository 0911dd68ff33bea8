/* Sentences, quotations and first words. The twins are in quality/views.py. */
#include "kernel.h"

static int is_mark(uint8_t kind) { return (kind >= POINT) & (kind <= EXCLAMATION); }
static int is_edge(uint8_t kind) { return (kind == PARAGRAPH) | (kind == END); }

/* Which of `n` tokens begin a sentence; `abbreviation`: which are an abbreviation by their letters. What a token is
 * cannot be foreseen, so no branch asks it. */
API int64_t quality_sentence_starts(const uint8_t *kind, const int64_t *start, const int64_t *end,
                                    const uint8_t *abbreviation, int64_t n, uint8_t *starts)
{
    int short_before = 0, mark_before = 0, stop_before = 0, edge_before = 0; /* of the token before: see the twin */
    int64_t end_before = -1;
    for (int64_t i = 0; i < n; i++) {
        const int mark = is_mark(kind[i]), edge = is_edge(kind[i]);
        const int closed = ((kind[i] == QUOTE) | (kind[i] == CLOSE)) & (start[i] == end_before);
        const int goes_on = (kind[i] == LOWER) | mark | closed | edge;
        starts[i] = (uint8_t)((stop_before & !goes_on) | edge_before);
        const int stop = mark & !short_before;
        stop_before = stop | (closed & mark_before);
        mark_before = stop;
        edge_before = edge;
        end_before = end[i];
        short_before = (abbreviation[i] != 0) | ((kind[i] == CAPITAL) & (end[i] - start[i] == 1));
    }
    return 0;
}

/* Which tokens stand between a pair of quotation marks of one paragraph, of `count` paragraphs. */
API int64_t quality_quoted(const uint8_t *kind, const int64_t *first, const int64_t *last, int64_t count,
                           uint8_t *quoted)
{
    for (int64_t i = 0; i < count; i++) {
        int64_t total = 0, inside = 0;
        for (int64_t at = first[i]; at <= last[i]; at++)
            total += kind[at] == QUOTE;
        total -= total % 2; /* an odd mark at the end opens nothing */
        for (int64_t at = first[i]; at <= last[i]; at++) {
            inside += kind[at] == QUOTE;
            quoted[at] = inside % 2 == 1 && inside < total && kind[at] != QUOTE;
        }
    }
    return 0;
}

/* Which tokens are the first word of their sentence. */
API int64_t quality_first_words(const uint8_t *is_word, const int64_t *of, int64_t n, uint8_t *opens)
{
    int64_t before = -1;
    for (int64_t i = 0; i < n; i++) {
        opens[i] = is_word[i] && of[i] != before;
        before = is_word[i] ? of[i] : before;
    }
    return 0;
}
