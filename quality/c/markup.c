/* The usual marks of Markdown: links, brackets, bare addresses, rules, tables. The twin, and what they mean, is quality/markup.py;
 * texts that hold other marks are left to it. */
#include "kernel.h"

enum { SPACES = 9, URL = 2000, INNER = 500, TITLE = 300, CELL = 100, RULE = 3 }; /* characters that the patterns allow */
enum { OUTBOUND, OWN, AFFILIATE, KINDS };
enum { OTHER = 1, BRACKET = 2, BARE = 4, RETURN = 8, LINE = 16 };
enum { SEEN_AHEAD = 3 };

typedef struct {
    const uint32_t *at;
    int64_t n;
} Chars;

typedef struct {
    uint32_t *codes;
    int64_t n;
    Chars home; /* the host of the document's own address */
    int64_t *links;
} Text;

/* White space as Python's str.isspace tells it. */
static int is_space(uint32_t c)
{
    return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || c == 0x1680
           || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static int is_bracket(uint32_t c) { return c == '(' || c == ')'; }

/* A mark that an address does not end with. */
static int is_trailing(uint32_t c) { return c < 128 && c && strchr(".,;:!?'*_", (int)c); }

static int in_bare(uint32_t c) { return !is_space(c) && c != '<' && c != '>' && c != '"' && c != ')' && c != ']'; }

/* Which marks there are. `low` has each character, or 128 for those beyond ASCII, and SEEN_AHEAD zeros at the end. */
static int signs(const uint8_t *low, int64_t n)
{
    uint8_t other = 0, bracket = 0, bare = 0, back = 0, line = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint8_t a = low[i], b = low[i + 1], c = low[i + 2], d = low[i + 3];
        other |= (a == 0) | (a == '<') | (((a == '`') | (a == '~')) & (a == b) & (a == c));
        other |= ((a == '!') & (b == '[')) | ((a == ']') & (b == ':'));
        back |= a == '\r';
        line |= (a == '|') | ((a == '-') & (c == '-') & ((b == '-') | (b == ' ')));
        bracket |= (a == '[') | (a == ']');
        bare |= ((a == ':') & (b == '/') & (c == '/')) | ((a == 'w') & (b == 'w') & (c == 'w') & (d == '.'));
    }
    return (other ? OTHER : 0) | (bracket ? BRACKET : 0) | (bare ? BARE : 0) | (back ? RETURN : 0) | (line ? LINE : 0);
}

static void blank(Text *text, int64_t from, int64_t to)
{
    for (; from < to; from++)
        text->codes[from] = text->codes[from] == '\n' ? '\n' : ' ';
}

static void returns(Text *text)
{
    for (int64_t i = 0; i < text->n; i++)
        if (text->codes[i] == '\r')
            text->codes[i] = i + 1 < text->n && text->codes[i + 1] == '\n' ? ' ' : '\n';
}

static int is_blank(uint32_t c) { return c == ' ' || c == '\t'; }

/* Whether a line is three hyphens or more, or a row of a table, all of whose cells are short; and blanks. */
static int is_mark(Chars line)
{
    int64_t hyphens = 0, cells = -1, last = -1, others = 0;
    for (int64_t i = 0; i < line.n; i++) {
        const uint32_t c = line.at[i];
        if (c == '|' && cells >= 0 && i - last - 1 > CELL)
            return 0;
        if (c == '|' && cells < 0 && hyphens + others)
            return 0;
        cells += c == '|';
        last = c == '|' ? i : last;
        hyphens += c == '-';
        others += c != '-' && c != '|' && !is_blank(c);
    }
    int ends = cells > 0;
    for (int64_t i = last + 1; i < line.n; i++)
        ends &= is_blank(line.at[i]);
    return ends || (hyphens >= RULE && !others && cells < 0);
}

static void lines(Text *text)
{
    for (int64_t from = 0, to; from < text->n; from = to + 1) {
        for (to = from; to < text->n && text->codes[to] != '\n'; to++)
            ;
        if (is_mark((Chars){text->codes + from, to - from}))
            blank(text, from, to);
    }
}

static int begins(Chars chars, const char *word)
{
    int64_t i = 0;
    while (word[i] && i < chars.n && chars.at[i] == (uint32_t)word[i])
        i++;
    return !word[i];
}

static Chars after(Chars chars, int64_t n) { return (Chars){chars.at + n, chars.n - n}; }

static int64_t find(Chars chars, const char *word)
{
    for (int64_t i = 0; i < chars.n; i++)
        if (chars.at[i] == (uint32_t)word[0] && begins(after(chars, i), word))
            return i;
    return -1;
}

static Chars host(Chars url)
{
    const int64_t slashes = find(url, "//");
    Chars rest = slashes >= 0 ? after(url, slashes + 2) : url;
    const int64_t end = find(rest, "/");
    rest.n = slashes < 0 && !begins(url, "www.") ? 0 : end >= 0 ? end : rest.n;
    return rest;
}

static int kind_of(Chars url, Chars home)
{
    static const char *const affiliate[] = {
        "?tag=", "&tag=", "?ref=", "&ref=", "?aff", "&aff", "?partner=", "amzn.to", "/aff/", "shareasale", "clickbank",
        "hop.link",
    };
    for (size_t i = 0; i < sizeof affiliate / sizeof *affiliate; i++)
        if (find(url, affiliate[i]) >= 0)
            return AFFILIATE;
    const Chars own = host(url);
    return !own.n || (own.n == home.n && !memcmp(own.at, home.at, (size_t)own.n * sizeof *own.at)) ? OWN : OUTBOUND;
}

static void add_link(Text *text, int64_t from, int64_t to)
{
    static const char *const no_page[] = {"#", "mailto:", "tel:", "javascript:"};
    const Chars url = {text->codes + from, to - from};
    int counts = url.n > 0;
    for (size_t i = 0; i < sizeof no_page / sizeof *no_page; i++)
        counts &= !begins(url, no_page[i]);
    if (counts)
        text->links[kind_of(url, text->home)]++;
}

/* How many characters from `at` on are of an address in a link's brackets, at most so many. `angles` may be in it too. */
static int64_t run(const Text *text, int64_t at, int64_t most, int angles)
{
    int64_t i = 0;
    for (; i < most && at + i < text->n; i++) {
        const uint32_t c = text->codes[at + i];
        if (is_bracket(c) || is_space(c) || (!angles && (c == '<' || c == '>')))
            break;
    }
    return i;
}

/* The end of a link whose address ends at `at`, or somewhere in the `back` characters before; `*url` becomes where. */
static int64_t closing(const Text *text, int64_t at, int64_t back, int64_t *url)
{
    int64_t stop = at;
    while (stop < text->n && stop <= at + TITLE && !is_bracket(text->codes[stop]) && text->codes[stop] != '\n')
        stop++;
    if (stop == text->n || text->codes[stop] != ')')
        return -1;
    for (*url = at; *url >= at - back; --*url)
        if (stop - *url - (text->codes[*url] == '>') <= TITLE)
            return stop + 1;
    return -1;
}

/* The end of a link whose address begins at `at`. Like the pattern it prefers the longest address. */
static int64_t link_from(const Text *text, int64_t at, int64_t *url)
{
    const int64_t length = run(text, at, URL, 0), open = at + length;
    if (open < text->n && text->codes[open] == '(') {
        const int64_t close = open + 1 + run(text, open + 1, INNER, 1);
        if (close < text->n && text->codes[close] == ')') {
            const int64_t more = run(text, close + 1, INNER, 1), end = closing(text, close + 1 + more, more, url);
            if (end >= 0)
                return end;
        }
    }
    return closing(text, open, length, url);
}

/* The end of a link whose "](" is at `at`, or -1. `from` and `to` become the ends of its address. */
static int64_t link_at(const Text *text, int64_t at, int64_t *from, int64_t *to)
{
    int64_t spaces = 0, end = -1;
    while (spaces < SPACES && at + 2 + spaces < text->n && is_space(text->codes[at + 2 + spaces]))
        spaces++;
    for (; spaces >= 0 && end < 0; spaces--) {
        *from = at + 2 + spaces;
        end = link_from(text, *from, to);
    }
    return end;
}

static void brackets(Text *text)
{
    for (int64_t i = 0, from, to; i + 1 < text->n; i++) {
        if (text->codes[i] != ']' || text->codes[i + 1] != '(')
            continue;
        const int64_t end = link_at(text, i, &from, &to);
        if (end < 0)
            continue;
        add_link(text, from, to);
        blank(text, i, end);
        i = end - 1;
    }
    for (int64_t i = 0; i < text->n; i++)
        if (text->codes[i] == '[' || text->codes[i] == ']')
            text->codes[i] = ' ';
}

/* The end of a bare address that begins at `at`; -1 where none does. */
static int64_t address_at(const Text *text, int64_t at)
{
    const Chars rest = {text->codes + at, text->n - at};
    int64_t begun = begins(rest, "http://") ? 7 : begins(rest, "https://") ? 8 : begins(rest, "www.") ? 4 : 0, end = -1;
    for (int64_t i = begun; begun && i <= begun + URL && i < rest.n && in_bare(rest.at[i]); i++)
        if (!is_trailing(rest.at[i]))
            end = at + i + 1;
    return end;
}

static void addresses(Text *text)
{
    for (int64_t i = 0; i < text->n; i++) {
        if (text->codes[i] != 'h' && text->codes[i] != 'w')
            continue;
        const int64_t end = address_at(text, i);
        if (end < 0)
            continue;
        add_link(text, i, end);
        blank(text, i, end);
        i = end - 1;
    }
}

/* Blanks the marks of `docs` texts in `codes`, which begin at `first` and end before the character before the next one,
 * and counts their links: a row of KINDS each. `home`: hosts of the documents, likewise. A text with other marks is left
 * as it is, and has a 1 in `left`. Returns 0, or -1 when memory is lacking. */
API int64_t quality_markup(uint32_t *codes, const int64_t *first, int64_t docs, const uint32_t *home,
                           const int64_t *home_first, int64_t *links, uint8_t *left)
{
    int64_t most = 0;
    for (int64_t i = 0; i < docs; i++)
        most = first[i + 1] - first[i] > most ? first[i + 1] - first[i] : most;
    uint8_t *low = malloc((size_t)most + 1 + SEEN_AHEAD);
    for (int64_t i = 0; low && i < docs; i++) {
        const Chars own = {home + home_first[i], home_first[i + 1] - home_first[i] - 1};
        Text text = {codes + first[i], first[i + 1] - first[i] - 1, own, links + i * KINDS};
        for (int64_t at = 0; at < text.n; at++)
            low[at] = (uint8_t)(text.codes[at] < 128 ? text.codes[at] : 128);
        memset(low + text.n, 0, SEEN_AHEAD);
        const int found = signs(low, text.n);
        left[i] = found & OTHER || text.codes[0] == 0xFEFF || !memcmp(low, "+++", 3) || !memcmp(low, "---", 3);
        if (left[i])
            continue;
        if (found & RETURN)
            returns(&text);
        if (found & LINE)
            lines(&text);
        if (found & BRACKET)
            brackets(&text);
        if (found & BARE)
            addresses(&text);
    }
    free(low);
    return low ? 0 : -1;
}
