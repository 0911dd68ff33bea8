/* All that is counted in the tokens of each document. The twin, and what is counted, is quality/counted.py. */
#include "kernel.h"

enum { SAYING = 1, FUNCTION = 2, ABBREVIATION = 4, FIRST_PERSON = 8, SECOND_PERSON = 16 }; /* quality/language */
enum { RUN = 3, WINDOW = 200, SETTLED = 6, COMPARABLE = 4, NEAR = 3, OPENED = 4, LONG = 5 };
enum { COMMON = 2000, LONGEST = 80, CLOSING = 3, FOREIGN = 0x80 };
#define OLD (2.0 / 3.0)
static const struct { int64_t words; double function; } PROSE[] = {{5, 0.3}, {3, 0.2}}; /* without and with an end */

/* The order of COUNTS; after them come the lists of phrases. */
enum {
    N_WORDS, N_COMMON, N_FUNCTION, N_FIRST_PERSON, N_SECOND_PERSON, N_NUMBERS, N_YEARS, N_AMOUNTS, N_CALLS, N_NAMES,
    N_QUOTATIONS, N_SPEAKERS, N_FOREIGN, N_LONG, N_BARE, N_PROSE, N_WHOLE, N_OPENED, N_SAME_OPENINGS, N_SETTLED, N_OLD,
    N_RESTATING, N_COMPARABLE, N_ALIKE, N_ENDING, N_ECHO, N_KEYWORD, N_REPEATED, N_PHRASES
};

typedef struct {
    int64_t words, function, content, old, last;
    int64_t basis; /* names, figures, quoted tokens, first persons */
} Sentence;

/* What is told of the tokens of a document: all arrays have a place for each of them. */
typedef struct {
    Tokens in;
    int64_t words, content, sentences, opens;
    uint8_t *lists, *starts, *quoted, *flag;
    int64_t *of, *word_at, *content_at, *open_at, *same, *zero;
    uint64_t *keys;
    Sentence *sentence;
    double *value;
} Document;

static int is_edge(uint8_t kind) { return kind == PARAGRAPH || kind == END; }

static void cut_sentences(Document *doc, const Lists *lists)
{
    for (int64_t i = 0; i < doc->in.n; i++) {
        doc->lists[i] = lists->of_word[doc->in.word[i] < 0 ? lists->words : doc->in.word[i]];
        doc->flag[i] = doc->lists[i] & ABBREVIATION;
    }
    quality_sentence_starts(doc->in.kind, doc->in.start, doc->in.end, doc->flag, doc->in.n, doc->starts);
}

static void find_quotations(Document *doc)
{
    if (!memchr(doc->in.kind, QUOTE, (size_t)doc->in.n)) {
        memset(doc->quoted, 0, (size_t)doc->in.n);
        return;
    }
    for (int64_t first = 0, last; first < doc->in.n; first = last + 1) {
        for (last = first; !is_edge(doc->in.kind[last]); last++)
            ;
        quality_quoted(doc->in.kind, &first, &last, 1, doc->quoted);
    }
}

/* What is told by looking at each token once. No branch asks what a token is, as nobody can foresee it. */
static void look(Document *doc, double *out)
{
    int64_t common = 0, function = 0, first = 0, second = 0, numbers = 0, years = 0, amounts = 0, names = 0, quoted = 0;
    int64_t calls = 0, words = 0, content = 0, opens = 0, begun = 0;
    Sentence *sentence = doc->sentence;
    memset(sentence, 0, sizeof *sentence);
    for (int64_t i = 0; i < doc->in.n; i++) {
        const uint8_t kind = doc->in.kind[i], lists = doc->lists[i];
        if (doc->starts[i]) {
            sentence->last = i - 1;
            memset(++sentence, 0, sizeof *sentence);
            begun = 0;
        }
        const int64_t is_word = kind < POINT, is_function = (lists & FUNCTION) != 0, is_quoted = doc->quoted[i];
        const int64_t opening = is_word & !begun, capital = (kind == CAPITAL) | (kind == CAPITALS);
        const int64_t is_content = (kind <= CAPITALS) & !is_function, is_name = capital & !opening & !is_function;
        const int64_t number = kind == NUMBER, year = kind == YEAR, amount = (kind == MONEY) | (kind == PERCENT);
        const int64_t before = i - (i > 0), person = (lists & FIRST_PERSON) != 0;
        begun |= is_word;
        doc->of[i] = sentence - doc->sentence;
        doc->flag[i] = (uint8_t)is_name;
        doc->open_at[opens] = words;
        opens += opening;
        doc->word_at[words] = i;
        words += is_word;
        doc->content_at[content] = i;
        content += is_content;
        sentence->words += is_word;
        sentence->function += is_function;
        sentence->content += is_content;
        sentence->basis += is_name | number | year | amount | is_quoted | person;
        common += (doc->in.word[i] >= 0) & (doc->in.word[i] < COMMON);
        function += is_function;
        first += person;
        second += (lists & SECOND_PERSON) != 0;
        numbers += number;
        years += year;
        amounts += amount;
        calls += (kind == OPEN) & (doc->in.kind[before] < POINT) & (doc->in.start[i] == doc->in.end[before]);
        names += is_name;
        quoted += is_quoted;
    }
    sentence->last = doc->in.n - 1;
    doc->words = words;
    doc->content = content;
    doc->opens = opens;
    doc->sentences = sentence - doc->sentence + 1;
    const int64_t found[] = {words, common, function, first, second, numbers, years, amounts, calls, names, quoted};
    for (int i = N_WORDS; i <= N_QUOTATIONS; i++)
        out[i] = (double)found[i];
}

static int64_t speakers(const Document *doc)
{
    int64_t found = 0;
    for (int64_t i = 0; i < doc->in.n; i++) {
        if (!(doc->lists[i] & SAYING))
            continue;
        int named = 0;
        for (int64_t at = i < NEAR ? 0 : i - NEAR; at <= i + NEAR && at < doc->in.n; at++)
            named |= doc->flag[at];
        found += named;
    }
    return found;
}

static double foreign(const Document *doc)
{
    int64_t part = 0, whole = 0;
    for (int64_t i = 0; i < doc->words; i++) {
        const int64_t at = doc->word_at[i], length = doc->in.end[at] - doc->in.start[at];
        part += doc->in.lower[doc->in.start[at]] == FOREIGN ? length : 0;
        whole += length;
    }
    return part ? (double)part / (double)whole : 0;
}

static int ended(const Document *doc, int64_t first, int64_t last)
{
    const uint8_t *kind = doc->in.kind, at_end = kind[last];
    for (int i = 0; i < CLOSING && last > first; i++)
        last -= kind[last] == QUOTE || kind[last] == CLOSE || is_edge(kind[last]);
    return (kind[last] >= POINT && kind[last] <= EXCLAMATION) || kind[last] == COLON || at_end == END;
}

static void look_at_sentences(const Document *doc, double *out)
{
    int64_t first = 0;
    for (const Sentence *one = doc->sentence; one < doc->sentence + doc->sentences; one++) {
        const int end = ended(doc, first, one->last);
        const int prose = one->words >= PROSE[end].words && one->words <= LONGEST
                          && (double)one->function >= PROSE[end].function * (double)one->words;
        out[N_LONG] += one->words >= LONG;
        out[N_BARE] += one->words >= LONG && !one->basis;
        out[N_PROSE] += prose ? (double)one->words : 0;
        out[N_WHOLE] += prose && end ? (double)one->words : 0;
        out[N_OPENED] += one->words >= OPENED;
        first = one->last + 1;
    }
}

/* Content words whose stem was used before: in an earlier sentence, from the first quarter in the last, most of all. */
static int stems(Document *doc, double *out)
{
    const int64_t quarter = doc->content / 4;
    int64_t *first = doc->same, *times = doc->word_at, most = 0, echo = 0;
    for (int64_t i = 0; i < doc->content; i++)
        doc->keys[i] = doc->in.stem[doc->content_at[i]];
    if (quality_first_equal(doc->keys, doc->content, first) < 0)
        return -1;
    for (int64_t i = 0; i < doc->content; i++) {
        const int64_t of = doc->of[doc->content_at[i]];
        doc->sentence[of].old += doc->of[doc->content_at[first[i]]] != of;
        times[i] = 0;
        times[first[i]]++;
        most = times[first[i]] > most ? times[first[i]] : most;
        echo += (i >= doc->content - quarter) & (first[i] < quarter);
    }
    out[N_KEYWORD] = (double)most;
    out[N_ENDING] = (double)quarter;
    out[N_ECHO] = (double)echo;
    for (const Sentence *one = doc->sentence; one < doc->sentence + doc->sentences; one++) {
        if (one->content < SETTLED)
            continue;
        const double share = (double)one->old / (double)one->content;
        out[N_SETTLED]++;
        out[N_OLD] += share;
        out[N_RESTATING] += share >= OLD;
    }
    return 0;
}

/* Sentences that begin with the same two words as an earlier one. */
static int openings(Document *doc, double *out)
{
    int64_t count = 0;
    for (int64_t i = 0; i < doc->opens; i++)
        if (doc->open_at[i] + 1 < doc->words)
            doc->keys[count++] = combine(doc->in.key[doc->word_at[doc->open_at[i]]], doc->in.key[doc->word_at[doc->open_at[i] + 1]]);
    if (quality_first_equal(doc->keys, count, doc->same) < 0)
        return -1;
    for (int64_t i = 0; i < count; i++)
        out[N_SAME_OPENINGS] += doc->same[i] != i && doc->sentence[doc->of[doc->word_at[doc->open_at[i]]]].words >= OPENED;
    return 0;
}

static void likeness(Document *doc, double *out)
{
    int64_t *chosen = doc->same, count = 0;
    for (int64_t i = 0; i < doc->sentences; i++) {
        chosen[count] = i;
        count += doc->sentence[i].content >= COMPARABLE;
    }
    quality_likeness(doc->content_at, doc->content, doc->of, doc->in.stem, doc->in.word, doc->zero, chosen, count, doc->value);
    out[N_COMPARABLE] = (double)count;
    for (int64_t i = 0; i < count; i++)
        out[N_ALIKE] += doc->value[i];
}

static int count(Document *doc, const Lists *lists, double *out)
{
    cut_sentences(doc, lists);
    find_quotations(doc);
    look(doc, out);
    out[N_SPEAKERS] = (double)speakers(doc);
    out[N_FOREIGN] = foreign(doc);
    look_at_sentences(doc, out);
    likeness(doc, out);
    const int64_t runs = quality_repeated(doc->word_at, doc->words, doc->in.key, doc->of, doc->zero, RUN, WINDOW, doc->same);
    out[N_REPEATED] = (double)runs;
    return runs < 0 || openings(doc, out) < 0 || stems(doc, out) < 0 ? -1 : 0;
}

/* Memory to count in documents of at most so many tokens; NULL when it is lacking. Whoever opens it frees it. */
void *open_counting(int64_t most)
{
    const size_t n = (size_t)most + 1, bytes = 4 * sizeof(uint8_t) + 6 * sizeof(int64_t) + sizeof(uint64_t);
    Document *doc = malloc(sizeof *doc + n * (bytes + sizeof(Sentence) + sizeof(double)));
    if (!doc)
        return NULL;
    doc->sentence = (Sentence *)(doc + 1);
    doc->value = (double *)(doc->sentence + n);
    doc->keys = (uint64_t *)(doc->value + n);
    int64_t **const indices[] = {&doc->of, &doc->word_at, &doc->content_at, &doc->open_at, &doc->same, &doc->zero};
    for (size_t i = 0; i < 6; i++)
        *indices[i] = (int64_t *)(doc->keys + n) + n * i;
    uint8_t **const flags[] = {&doc->lists, &doc->starts, &doc->quoted, &doc->flag};
    for (size_t i = 0; i < 4; i++)
        *flags[i] = (uint8_t *)(doc->zero + n) + n * i;
    memset(doc->zero, 0, n * sizeof *doc->zero);
    return doc;
}

/* Numbers of one document, `apart` so many places in `out`; then how many phrases of each list. Returns 0, or -1 when
 * memory is lacking. */
int count_tokens(const Tokens *tokens, const Lists *lists, void *memory, double *out, int64_t apart)
{
    Document *doc = memory;
    double found[N_PHRASES] = {0};
    int64_t phrases[LISTS] = {0};
    doc->in = *tokens;
    if (count(doc, lists, found) < 0)
        return -1;
    match(&lists->phrases, tokens->word, tokens->n, phrases, NULL);
    for (int row = 0; row < N_PHRASES; row++)
        out[row * apart] = found[row];
    for (int64_t list = 0; list < lists->phrases.lists; list++)
        out[(N_PHRASES + list) * apart] = (double)phrases[list];
    return 0;
}
