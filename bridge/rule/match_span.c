// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule/match_span.h"

#include <string.h>

struct scan {
	const char *text;
	uint32_t at, end;
	uint32_t last; // after the last byte of the filter so far
	uint32_t open; // round and square brackets
	uint32_t braces;
	char *copy; // NULL, or where to blank out
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '.' || c == '-';
}

static void blank(struct scan *s, uint32_t from, uint32_t to)
{
	if (s->copy)
		memset(s->copy + from, ' ', to - from);
}

static uint32_t line_end(const struct scan *s, uint32_t at)
{
	const char *newline = memchr(s->text + at, '\n', s->end - at);

	return newline ? (uint32_t)(newline - s->text) : s->end;
}

static bool begins_with_word(const struct scan *s, uint32_t at, const char *word)
{
	size_t len = strlen(word);

	return s->end - at >= len && !memcmp(s->text + at, word, len) &&
	       (s->end - at == len || !is_word_byte(s->text[at + len]));
}

static bool begins_statement(const struct scan *s, uint32_t at)
{
	static const char *const words[] = {"param", "rule", "expect", "from",
					    "match", "when", "limit",  "do"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (begins_with_word(s, at, words[i]))
			return true;
	return false;
}

static bool begins_operator(const struct scan *s, uint32_t at)
{
	static const char *const words[] = {"and", "or", "xor"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (begins_with_word(s, at, words[i]))
			return true;
	return s->end - at >= 2 && (!memcmp(s->text + at, "&&", 2) || !memcmp(s->text + at, "||", 2) ||
				    !memcmp(s->text + at, "^^", 2));
}

// Whether what stands before `last` asks for more.
static bool ends_in_operator(const struct scan *s, uint32_t start)
{
	static const char *const words[] = {"and", "or", "xor", "not", "in", "contains", "matches"};
	uint32_t word = s->last;

	if (s->last == start)
		return false;
	if (strchr("&|^=<>!~,", s->text[s->last - 1]))
		return true;
	while (word > start && is_word_byte(s->text[word - 1]))
		word--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (s->last - word == strlen(words[i]) && !memcmp(s->text + word, words[i], s->last - word))
			return true;
	return false;
}

// The first byte, after the newline at `at`, that is neither blank nor in a comment; s->end if there is none.
static uint32_t next_text(const struct scan *s, uint32_t at)
{
	while (at < s->end) {
		if (is_blank(s->text[at]) || s->text[at] == '\n')
			at++;
		else if (s->text[at] == '#')
			at = line_end(s, at);
		else
			break;
	}
	return at;
}

// At a newline: whether the filter goes on behind it. Goes there if so.
static bool next_line(struct scan *s, uint32_t start, bool joined)
{
	uint32_t next = joined ? s->at + 1 : next_text(s, s->at);

	if (next >= s->end || (!joined && begins_statement(s, next)))
		return false;
	if (!joined && !s->open && !s->braces && !ends_in_operator(s, start) && !begins_operator(s, next))
		return false;
	blank(s, s->at, next);
	s->at = next;
	return true;
}

// Behind the closing quote, or at the line's end where there is none.
static uint32_t after_quote(const struct scan *s)
{
	char quote = s->text[s->at];
	bool raw = quote == '"' && s->at > 0 && (s->text[s->at - 1] == 'r' || s->text[s->at - 1] == 'R') &&
		   !(s->at > 1 && is_word_byte(s->text[s->at - 2]));
	uint32_t end = line_end(s, s->at);

	for (uint32_t i = s->at + 1; i < end; i++) {
		if (s->text[i] == quote)
			return i + 1;
		if (s->text[i] == '\\' && !raw && i + 1 < end)
			i++;
	}
	return quote == '"' ? end : s->at + 1;
}

// One byte, or one quoted text, that is neither blank, comment nor newline. false: the filter ends before it.
static bool scan_text(struct scan *s)
{
	char c = s->text[s->at];

	if (c == ';' || (c == '}' && !s->braces))
		return false;
	if (c == '(' || c == '[')
		s->open++;
	else if ((c == ')' || c == ']') && s->open)
		s->open--;
	else if (c == '{')
		s->braces++;
	else if (c == '}')
		s->braces--;
	s->at = c == '"' || c == '\'' ? after_quote(s) : s->at + 1;
	s->last = s->at;
	return true;
}

// At a backslash: whether it ends its line.
static bool joins(const struct scan *s)
{
	uint32_t i = s->at + 1;

	while (i < s->end && is_blank(s->text[i]))
		i++;
	return i < s->end && s->text[i] == '\n';
}

static struct span run(struct scan *s, const struct source *src)
{
	uint32_t start;
	bool joined = false;

	while (s->at < s->end && is_blank(s->text[s->at]))
		s->at++;
	start = s->last = s->at;
	while (s->at < s->end) {
		char c = s->text[s->at];

		if (c == '\n') {
			if (!next_line(s, start, joined))
				break;
			joined = false;
		} else if (is_blank(c)) {
			s->at++;
		} else if (c == '#' &&
			   (s->at == start || is_blank(s->text[s->at - 1]) || s->text[s->at - 1] == '\n')) {
			blank(s, s->at, line_end(s, s->at));
			s->at = line_end(s, s->at);
		} else if (c == '\\' && joins(s)) {
			joined = true;
			blank(s, s->at, s->at + 1);
			s->at++;
		} else {
			joined = false;
			if (!scan_text(s))
				break;
		}
	}
	return (struct span){.src = src, .off = start, .len = s->last - start};
}

struct span match_span(const struct source *src, uint32_t off)
{
	struct scan s = {.text = src->text, .at = off, .end = (uint32_t)src->len};

	return run(&s, src);
}

void match_span_plain(struct span filter, char *copy)
{
	struct scan s = {
		.text = filter.src->text, .at = filter.off, .end = filter.off + filter.len, .copy = copy};

	run(&s, filter.src);
}
