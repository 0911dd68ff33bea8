/* Evidence: which contributions are strongest, where each is found, and all of it as JSON. The twins are in
 * quality/explain.py and quality/evidence.py. */
#include "kernel.h"

/* A contribution: the bits of its amount without the sign, which rank as the amounts do, and its place. */
typedef struct {
    uint64_t rank;
    int64_t at;
} Part;

/* Two runs, each strongest first, into one; of equals those of the first run come first. */
static void merge(const Part *left, const Part *middle, const Part *end, Part *out)
{
    const Part *right = middle;
    while (left < middle && right < end) {
        const int later = right->rank > left->rank;
        *out++ = *(later ? right : left);
        left += !later;
        right += later;
    }
    memcpy(out, left, (size_t)(middle - left) * sizeof *out);
    memcpy(out + (middle - left), right, (size_t)(end - right) * sizeof *out);
}

/* Strongest first; returns which of the two arrays holds the result. */
static Part *sorted(Part *parts, Part *other, int64_t n)
{
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t at = 0; at < n; at += 2 * width) {
            const int64_t middle = at + width < n ? at + width : n, end = middle + width < n ? middle + width : n;
            merge(parts + at, parts + middle, parts + end, other + at);
        }
        Part *swap = parts;
        parts = other;
        other = swap;
    }
    return parts;
}

enum { BUCKETS = 256, SHARP = 48, HIGHEST = (1023 + 3) << 4 | 15 }; /* sixteen for each power of 2 from 2**4 down */

static int64_t bucket(uint64_t rank)
{
    const int64_t below = HIGHEST - (int64_t)(rank >> SHARP);
    return below < 0 ? 0 : below < BUCKETS ? below : BUCKETS - 1;
}

/* Strongest first, into `other`. Parted roughly before, runs are short, and so are the rounds of merging few. */
static void rank_all(Part *parts, Part *other, int64_t n)
{
    int64_t edges[BUCKETS + 1] = {0};
    for (int64_t i = 0; i < n; i++)
        edges[bucket(parts[i].rank) + 1]++;
    for (int64_t i = 0; i < BUCKETS; i++)
        edges[i + 1] += edges[i];
    for (int64_t i = 0; i < n; i++)
        other[edges[bucket(parts[i].rank)]++] = parts[i];
    for (int64_t i = 0, begin = 0; i < BUCKETS; begin = edges[i++]) {
        const int64_t count = edges[i] - begin;
        if (count > 1 && sorted(other + begin, parts + begin, count) != other + begin)
            memcpy(other + begin, parts + begin, (size_t)count * sizeof *other);
    }
}

/* Places of the contributions of the chosen documents, document after document, the strongest first, `most` of each at
 * most. Returns how many there are, or -1 when memory is lacking. */
API int64_t quality_strongest(const int64_t *doc, const double *amount, int64_t n, const uint8_t *chosen, int64_t docs,
                              int64_t most, int64_t *order)
{
    int64_t *next = calloc((size_t)docs + 1, sizeof *next), found = 0;
    Part *parts = malloc(((size_t)n + 1) * sizeof *parts), *other = malloc(((size_t)n + 1) * sizeof *other);
    const int lacking = !next || !parts || !other;
    if (!lacking) {
        for (int64_t i = 0; i < n; i++)
            next[doc[i] + 1] += chosen[doc[i]];
        for (int64_t i = 0; i < docs; i++)
            next[i + 1] += next[i];
        for (int64_t i = 0; i < n; i++) {
            uint64_t bits;
            memcpy(&bits, amount + i, sizeof bits);
            if (chosen[doc[i]])
                parts[next[doc[i]]++] = (Part){bits & (UINT64_MAX >> 1), i};
        }
        for (int64_t one = 0, begin = 0; one < docs; begin = next[one++]) {
            const int64_t count = next[one] - begin;
            rank_all(parts + begin, other + begin, count);
            for (int64_t i = 0; i < count && i < most; i++)
                order[found++] = other[begin + i].at;
        }
    }
    free(next);
    free(parts);
    free(other);
    return lacking ? -1 : found;
}

/* What a block is made of, as far as it tells where something stands; `gaps`: how many bytes stand before each character
 * that was left out. */
typedef struct {
    const int32_t *word;
    const uint8_t *kind;
    const int64_t *start, *end, *gaps;
    int64_t known, classes, count;
} Laid;

/* Where parts are found: `next` tells where the next span of each goes. */
typedef struct {
    int32_t *spans;
    int64_t *next;
} Places;

/* A term of a token is of a word that is known, or of its class. */
static int64_t symbol(const Laid *tokens, int64_t i)
{
    const int32_t word = tokens->word[i];
    return word >= 0 && word < tokens->known ? word + tokens->classes : tokens->kind[i];
}

/* Characters left out up to a byte. */
static int64_t gaps_up_to(const Laid *tokens, int64_t at)
{
    int64_t low = 0, high = tokens->count;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (tokens->gaps[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The characters from one token to another, both included, less the marks of structure that close them. */
static void place(Places *places, int64_t part, const Laid *tokens, int64_t first, int64_t last, int64_t offset)
{
    int32_t *span = places->spans + 2 * places->next[part]++;
    while (last > first && tokens->kind[last] >= PARAGRAPH)
        last--;
    const int64_t start = tokens->start[first], end = tokens->end[last];
    span[0] = (int32_t)(start + gaps_up_to(tokens, start) - offset);
    span[1] = (int32_t)(end + gaps_up_to(tokens, end) - offset);
}

/* The terms from token `first` up to `last`; the parts of this document are those from `begin` on. */
static void place_terms(Places *places, const Laid *tokens, const Table *table, const int32_t *single,
                        const int32_t *part_of, int64_t begin, int64_t first, int64_t last, int64_t offset)
{
    for (int64_t i = first, here = symbol(tokens, first); i < last; i++) {
        const int64_t next = i + 1 < last ? symbol(tokens, i + 1) : -1;
        const int32_t one = single[here];
        const int32_t two = next < 0 ? -1 : table_find_rare(table, (uint64_t)(here + 1) << 16 | (uint64_t)(next + 1));
        if (one >= 0 && part_of[one] >= begin)
            place(places, part_of[one], tokens, i, i, offset);
        if (two >= 0 && part_of[two] >= begin)
            place(places, part_of[two], tokens, i, i + 1, offset);
        here = next;
    }
}

/* Where each of the parts is found. The parts of document i are those from cuts[i] to cuts[i + 1]; their features are
 * `signals` signals, then `terms` terms. `hits` of signals come with their parts, terms are looked for here. `ends`: how
 * many there are up to each part and its own, and so the places of `spans`. Returns 0, or -1 when memory is lacking. */
API int64_t quality_placed(const int32_t *word, const uint8_t *kind, const int64_t *firsts, int64_t n, int64_t docs,
                           int64_t known, int64_t classes, const int32_t *single, const uint64_t *keys,
                           const int32_t *slots, const uint8_t *marks, int64_t none, int64_t bits, const int64_t *start,
                           const int64_t *end, const int64_t *gaps, int64_t count, const int64_t *offset,
                           const int32_t *feature, const int64_t *doc, const int64_t *cuts, int64_t signals, int64_t terms,
                           const int64_t *hit_first, const int64_t *hit_last, const int64_t *hit_part, int64_t hits,
                           const int64_t *ends, int32_t *spans)
{
    const Table table = {keys, slots, marks, none, bits};
    const Laid tokens = {word, kind, start, end, gaps, known, classes, count};
    const int64_t parts = cuts[docs];
    int32_t *part_of = malloc((size_t)(signals + terms) * sizeof *part_of); /* of each feature, so far */
    Places places = {spans, malloc(((size_t)parts + 1) * sizeof *places.next)};
    const int lacking = !part_of || !places.next || parts > INT32_MAX;
    if (!lacking) {
        memset(part_of, -1, (size_t)(signals + terms) * sizeof *part_of);
        places.next[0] = 0;
        memcpy(places.next + 1, ends, (size_t)parts * sizeof *ends);
        for (int64_t i = 0; i < docs; i++) {
            for (int64_t part = cuts[i]; part < cuts[i + 1]; part++)
                part_of[feature[part]] = (int32_t)part;
            if (cuts[i] < cuts[i + 1])
                place_terms(&places, &tokens, &table, single, part_of + signals, cuts[i], firsts[i],
                            i + 1 < docs ? firsts[i + 1] : n, offset[i]);
        }
        for (int64_t i = 0; i < hits; i++)
            place(&places, hit_part[i], &tokens, hit_first[i], hit_last[i], offset[doc[hit_part[i]]]);
    }
    free(part_of);
    free(places.next);
    return lacking ? -1 : 0;
}

/* Pieces of bytes in one: each begins where the one before it ends. */
typedef struct {
    const uint8_t *content;
    const int64_t *edges;
} Pieces;

enum { STEP = 16 }; /* bytes copied at a time: as many may be read and written past the end of what is copied */

static uint8_t *put(uint8_t *out, const uint8_t *bytes, int64_t n)
{
    for (int64_t i = 0; i < n; i += STEP)
        memcpy(out + i, bytes + i, STEP);
    return out + n;
}

static uint8_t *put_piece(uint8_t *out, const Pieces *pieces, int64_t number)
{
    const int64_t begin = pieces->edges[number];
    return put(out, pieces->content + begin, pieces->edges[number + 1] - begin);
}

static uint8_t *put_number(uint8_t *out, int32_t number)
{
    const int64_t size = 1 + (number > 9) + (number > 99) + (number > 999) + (number > 9999) + (number > 99999) +
                         (number > 999999) + (number > 9999999) + (number > 99999999) + (number > 999999999);
    uint32_t left = (uint32_t)number;
    for (uint8_t *at = out + size; at > out; left /= 10)
        *--at = (uint8_t)('0' + left % 10);
    return out + size;
}

static uint8_t *put_spans(uint8_t *out, const int32_t *spans, int64_t first, int64_t end)
{
    for (int64_t i = first; i < end; i++) {
        *out++ = '[';
        out = put_number(out, spans[2 * i]);
        *out++ = ',';
        out = put_number(out, spans[2 * i + 1]);
        *out++ = ']';
        *out++ = ',';
    }
    return first < end ? out - 1 : out;
}

/* How many bytes of a blank (as Python's str.split has them) stand at `at`; 0 for another character. */
static int blank(const uint8_t *at)
{
    if (at[0] < 0x80)
        return at[0] == ' ' || (at[0] >= 9 && at[0] <= 13) || (at[0] >= 28 && at[0] <= 31);
    if (at[0] == 0xC2)
        return at[1] == 0x85 || at[1] == 0xA0 ? 2 : 0;
    if (at[0] == 0xE1)
        return at[1] == 0x9A && at[2] == 0x80 ? 3 : 0; /* U+1680 */
    if (at[0] == 0xE2 && at[1] == 0x80)                /* U+2000 to U+200A, U+2028, U+2029, U+202F */
        return at[2] <= 0x8A || at[2] == 0xA8 || at[2] == 0xA9 || at[2] == 0xAF ? 3 : 0;
    if (at[0] == 0xE2)
        return at[1] == 0x81 && at[2] == 0x9F ? 3 : 0; /* U+205F */
    return at[0] == 0xE3 && at[1] == 0x80 && at[2] == 0x80 ? 3 : 0;
}

/* A mark that a string of JSON cannot hold as it is: six bytes at most. */
static uint8_t *put_escaped(uint8_t *out, uint8_t c)
{
    static const char hex[] = "0123456789abcdef";
    *out++ = '\\';
    if (c >= ' ' || c == '\b') {
        *out++ = c == '\b' ? 'b' : c;
        return out;
    }
    memcpy(out, "u00", 3);
    out[3] = (uint8_t)hex[c >> 4];
    out[4] = (uint8_t)hex[c & 15];
    return out + 5;
}

/* The words of some text, one blank between two of them. */
static uint8_t *put_words(uint8_t *out, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *const begin = out;
    for (int gap = 0, skip; at < end; at += skip ? skip : 1) {
        skip = blank(at);
        if (!skip && gap && out > begin)
            *out++ = ' ';
        if (!skip && (*at < ' ' || *at == '"' || *at == '\\'))
            out = put_escaped(out, *at);
        else if (!skip)
            *out++ = *at;
        gap = skip > 0;
    }
    return out;
}

enum { STRIDE = 16 };

/* The byte at which a character of a text in UTF-8 begins, by where every STRIDE-th does; none: each is a byte. */
static const uint8_t *character(const uint8_t *text, const int64_t *marks, int64_t place)
{
    if (!marks)
        return text + place;
    const uint8_t *at = text + marks[place / STRIDE];
    for (int64_t left = place % STRIDE; left; left--)
        for (at++; (*at & 0xC0) == 0x80; at++)
            ;
    return at;
}

/* Characters of a text in UTF-8; counted in few bits, as they are then counted many at a time. */
static int64_t count_characters(const uint8_t *text, int64_t size)
{
    int64_t characters = 0;
    for (int64_t at = 0, end; at < size; at = end) {
        uint8_t some = 0;
        end = at + 128 < size ? at + 128 : size;
        for (int64_t i = at; i < end; i++)
            some += (text[i] & 0xC0) != 0x80;
        characters += some;
    }
    return characters;
}

/* Where every STRIDE-th of all characters begins, and the end; nothing where each is a byte. Returns 0 when memory is
 * lacking. */
static int mark(const uint8_t *text, int64_t size, int64_t **marks)
{
    const int64_t characters = count_characters(text, size);
    *marks = NULL;
    if (characters == size)
        return 1;
    *marks = malloc(((size_t)characters / STRIDE + 1) * sizeof **marks);
    if (!*marks)
        return 0;
    for (int64_t i = 0, seen = 0; i <= size; i++)
        if (i == size || (text[i] & 0xC0) != 0x80) {
            if (seen % STRIDE == 0)
                (*marks)[seen / STRIDE] = i;
            seen++;
        }
    return 1;
}

enum { SPAN = 24, CHARACTER = 6 }; /* bytes of a span and of a character of a string of JSON, at most */

/* At least as many bytes as the evidence takes: `longest` is the most of a piece without its spans and its quote. */
static int64_t most_bytes(const int32_t *spans, const int64_t *ends, int64_t n, int64_t longest)
{
    int64_t most = n * longest + (n ? SPAN * ends[n - 1] : 0);
    for (int64_t i = 0, first = 0; i < n; first = ends[i++])
        if (ends[i] > first)
            most += CHARACTER * (int64_t)(spans[2 * first + 1] - spans[2 * first]);
    return most;
}

/* Pieces of evidence of one text (UTF-8, a NUL after it) as an array of JSON; `numbers`: their contributions as they
 * stand in it. There are three `openings` of each pattern (quality/sayings.py), and a name of each feature; STEP bytes
 * follow them and the numbers. `longest`: bytes of a piece without its spans and its quote, and STEP more, at most.
 * Returns how many bytes there are; or more than the `room`, which is then the room that is needed; or -1 when memory is
 * lacking. */
API int64_t quality_evidence(const int32_t *pattern, const int32_t *feature, const int32_t *spans, const int64_t *ends,
                             int64_t n, const uint8_t *numbers, int64_t numbers_size, const uint8_t *text, int64_t size,
                             const uint8_t *openings, const int64_t *opening_edges, const uint8_t *names,
                             const int64_t *name_edges, int64_t longest, int64_t room, uint8_t *written)
{
    static const uint8_t before_spans[STEP] = ",\"spans\":[", before_quote[STEP] = "],\"quote\":\"";
    const Pieces opening = {openings, opening_edges}, name = {names, name_edges};
    const uint8_t *const last = numbers + numbers_size;
    const int64_t most = most_bytes(spans, ends, n, longest);
    int64_t *marks;
    if (most > room)
        return most;
    if (!mark(text, size, &marks))
        return -1;
    uint8_t *out = written;
    *out++ = '[';
    for (int64_t i = 0, first = 0; i < n; first = ends[i++]) {
        const int64_t form = 3 * (int64_t)pattern[i];
        out = put_piece(out, &opening, form);
        out = put_piece(out, &name, feature[i]);
        out = put_piece(out, &opening, form + 1);
        if (opening_edges[form + 3] > opening_edges[form + 2]) {
            out = put_piece(out, &name, feature[i]);
            out = put_piece(out, &opening, form + 2);
        }
        const uint8_t *comma = memchr(numbers, ',', (size_t)(last - numbers));
        comma = comma ? comma : last;
        out = put(out, numbers, comma - numbers);
        numbers = comma + 1;
        out = put(out, before_spans, 10);
        out = put_spans(out, spans, first, ends[i]);
        out = put(out, before_quote, 11);
        if (ends[i] > first)
            out = put_words(out, character(text, marks, spans[2 * first]), character(text, marks, spans[2 * first + 1]));
        *out++ = '"';
        *out++ = '}';
        *out++ = ',';
    }
    out[-1] = ']';
    free(marks);
    return out - written;
}
