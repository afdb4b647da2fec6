// SPDX-License-Identifier: GPL-2.0-or-later
// clang-format off
// The rule language. Blanks separate; a statement ends with its line or at ";"; "#" starts a comment; "\" at
// a line's end joins it with the next.
//
//   file        = { param | rule | expectation } ;
//   param       = "param" NAME "=" VALUE ;
//   rule        = "rule" NAME "{" { clause } "}" ;
//   clause      = "from" ( "phones" | "cucm" | "any" )
//               | "match" FILTER
//               | "when" condition
//               | "limit" COUNT "per" ( "run" | "endpoint" | "registration" | "flow" )
//               | "do" fault ;
//   condition   = "idle" ">=" TIME "per" FIELD
//               | "aged" [ ">=" ] TIME "per" FIELD
//               | ( "keepalive" | "copy" ) ( compare COUNT | [ "in" ] COUNT ".." COUNT )
//               | "elapsed" ( compare TIME | [ "in" ] TIME ".." TIME ) ;
//   compare     = "==" | "<" | "<=" | ">" | ">=" ;
//   fault       = "drop"
//               | "delay" TIME
//               | "delay" "series" TIME { TIME } [ "repeat" ]
//               | "answer" "arp" IP "is-at" MAC
//               | "note" STRING ;
//   expectation = "expect" NAME "{" … "}" ;                (read over: not judged in this version)
//
//   NAME    = letter or "_", then letters, digits, "_" and, but for a parameter's, "-" ;
//   VALUE   = WORD | STRING ;
//   TIME    = number and unit, once or more: 0.1ms 200ms 15m30s ; units ns us µs ms s m h d
//   FIELD   = a display filter's field, such as eth.src
//   FILTER  = a Wireshark display filter; where it ends is told in rule/match_span.h
//
// A "$" NAME may stand for each COUNT, TIME, IP, MAC and STRING.
//
// The faults' words are the rows of fault_table; each row reads its own line. Here it is only found which
// statements there are and where; compile.c reads what they mean.
// clang-format on
#include "rule/syntax.h"

#include <errno.h>
#include <stdio.h>

#include "base/array.h"
#include "base/lexer.h"
#include "rule/match_span.h"
#include "rule/words.h"

const char *const clause_words[CLAUSE_COUNT] = {"from", "match", "when", "limit", "do"};

struct parser {
	struct token_stream ts;
	struct diag_list *diags;
	struct syntax *out;
};

// A stream reads on from any byte of the source.
static void seek(struct parser *p, uint32_t off)
{
	const struct source *src = p->ts.src;

	tokens_init(&p->ts, src, off, (uint32_t)src->len - off, p->diags, NULL);
}

static void skip_line(struct parser *p)
{
	while (!tokens_at_end(&p->ts) && p->ts.now.kind != TOKEN_CLOSE)
		tokens_take(&p->ts);
}

static void skip_lines(struct parser *p)
{
	while (tokens_accept(&p->ts, TOKEN_LINE))
		;
}

// The rest of a line that nothing could be made of, and the block that it opens.
static void skip_item(struct parser *p)
{
	unsigned open = 0;

	while (p->ts.now.kind != TOKEN_END && (open || !tokens_at_end(&p->ts))) {
		if (p->ts.now.kind == TOKEN_OPEN)
			open++;
		else if (p->ts.now.kind == TOKEN_CLOSE && open)
			open--;
		tokens_take(&p->ts);
	}
}

static bool is_top_word(const struct token *t)
{
	return token_is_word(t, "param") || token_is_word(t, "rule") || token_is_word(t, "expect");
}

static bool is_clause_word(const struct token *t)
{
	for (int kind = 0; kind < CLAUSE_COUNT; kind++)
		if (token_is_word(t, clause_words[kind]))
			return true;
	return false;
}

// Names are shown to people and stand in reports: ASCII letters, digits, "_" and, for all but parameters,
// "-".
static bool name_is_good(const struct token *t, bool dash)
{
	const char *s = token_text(t);

	for (uint32_t i = 0; i < t->where.len; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_';
		bool digit = s[i] >= '0' && s[i] <= '9';

		if (!letter && !(i && (digit || (dash && s[i] == '-'))))
			return false;
	}
	return t->where.len <= NAME_LENGTH_MAX;
}

static int parse_name(struct parser *p, const char *what, bool dash, struct span *ret)
{
	if (p->ts.now.kind != TOKEN_WORD)
		return tokens_expected(&p->ts, NULL, "the %s's name", what);
	if (!name_is_good(&p->ts.now, dash)) {
		diag_error(p->diags, p->ts.now.where,
			   dash ? "letters, digits, “_” and “-”, a letter first, at most 64"
				: "letters, digits and “_”, a letter first, at most 64",
			   "this cannot be a %s's name", what);
		tokens_take(&p->ts);
		return -EINVAL;
	}
	*ret = tokens_take(&p->ts).where;
	return 0;
}

static int parse_param(struct parser *p)
{
	struct syntax_param param, *slot;

	tokens_take(&p->ts);
	if (parse_name(p, "parameter", false, &param.name) < 0)
		goto skip;
	if (!tokens_accept(&p->ts, TOKEN_ASSIGN)) {
		tokens_expected(&p->ts, "a parameter has a value: param age = 60s", "“=”");
		goto skip;
	}
	if (p->ts.now.kind == TOKEN_OPEN_STRING) {
		diag_error(p->diags, p->ts.now.where, "close it with \" on the same line",
			   "this text is not closed");
		goto skip;
	}
	if (p->ts.now.kind != TOKEN_WORD && p->ts.now.kind != TOKEN_STRING) {
		tokens_expected(&p->ts, "a word, a number with its unit, an address or a \"text\"",
				"a value");
		goto skip;
	}
	param.value = tokens_take(&p->ts).where;
	if (tokens_end_of(&p->ts, "a parameter's value") < 0)
		goto skip;
	slot = array_add(&p->out->params, &p->out->param_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = param;
	return 0;
skip:
	skip_line(p);
	return 0;
}

// The rest of a statement, up to the line's end or the brace that closes the rule.
static struct span clause_body(struct parser *p)
{
	struct span body = {.src = p->ts.src, .off = p->ts.now.where.off};
	unsigned open = 0;

	while (!tokens_at_end(&p->ts)) {
		if (p->ts.now.kind == TOKEN_OPEN)
			open++;
		else if (p->ts.now.kind == TOKEN_CLOSE && open-- == 0)
			break;
		body = span_join(body, tokens_take(&p->ts).where);
	}
	return body;
}

static int parse_clause(struct parser *p, struct syntax_rule *rule, enum clause_kind kind)
{
	struct syntax_clause *c = array_add(&rule->clauses, &rule->clause_count, sizeof(*c));
	uint32_t after;

	if (!c)
		return -ENOMEM;
	c->kind = kind;
	c->word = p->ts.now.where;
	after = c->word.off + c->word.len;
	if (kind == CLAUSE_MATCH) {
		c->body = match_span(p->ts.src, after);
		seek(p, c->body.len ? c->body.off + c->body.len : after);
	} else {
		tokens_take(&p->ts);
		c->body = clause_body(p);
	}
	return 0;
}

static void unknown_statement(struct parser *p)
{
	const struct token *t = &p->ts.now;
	const char *future, *near;
	char hint[100] = "a rule has from, match, when, limit and do";

	if (t->kind != TOKEN_WORD) {
		tokens_expected(&p->ts, hint, "a statement");
		return;
	}
	future = future_word(token_text(t), t->where.len);
	if (future) {
		diag_error(p->diags, t->where, hint, "“%.*s” is not in this version: %s", (int)t->where.len,
			   token_text(t), future);
		return;
	}
	near = diag_nearest(token_text(t), t->where.len, clause_words, CLAUSE_COUNT);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean “%s”?", near);
	diag_error(p->diags, t->where, hint, "no statement of a rule begins with “%.*s”",
		   (int)(t->where.len < 60 ? t->where.len : 60), token_text(t));
}

static int parse_statement(struct parser *p, struct syntax_rule *rule)
{
	for (int kind = 0; kind < CLAUSE_COUNT; kind++)
		if (token_is_word(&p->ts.now, clause_words[kind]))
			return parse_clause(p, rule, (enum clause_kind)kind);
	unknown_statement(p);
	clause_body(p);
	return 0;
}

static bool parse_open(struct parser *p, const char *what)
{
	struct parser before = *p;

	skip_lines(p);
	if (tokens_accept(&p->ts, TOKEN_OPEN))
		return true;
	*p = before;
	tokens_expected(&p->ts, NULL, "“{” after the %s's name", what);
	return false;
}

static int parse_rule(struct parser *p)
{
	struct syntax_rule rule = {0}, *slot;
	struct span start = tokens_take(&p->ts).where;
	bool good = parse_name(p, "rule", true, &rule.name) == 0;
	int r;

	if (!good)
		rule.name = start;
	if (!parse_open(p, "rule")) {
		skip_line(p);
		skip_lines(p);
		if (!is_clause_word(&p->ts.now))
			return 0; // else its statements are there, only the brace is not
	}
	slot = array_add(&p->out->rules, &p->out->rule_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = rule;
	slot->nameless = !good;
	for (;;) {
		skip_lines(p);
		if (tokens_accept(&p->ts, TOKEN_CLOSE))
			break;
		if (p->ts.now.kind == TOKEN_END || is_top_word(&p->ts.now)) {
			diag_error(p->diags, span_join(start, rule.name),
				   "put a “}” after its last statement", "this rule is not closed");
			return 0;
		}
		r = parse_statement(p, slot);
		if (r < 0)
			return r;
	}
	if (!tokens_at_end(&p->ts) && !is_top_word(&p->ts.now)) {
		tokens_expected(&p->ts, NULL, "the line's end after “}”");
		skip_item(p);
	}
	return 0;
}

// The claims inside are not read: a display filter may stand there, so only quotes, comments and braces
// count.
static int parse_expectation(struct parser *p)
{
	struct span start = tokens_take(&p->ts).where, name;
	unsigned open = 1;

	if (parse_name(p, "expectation", true, &name) < 0)
		name = start;
	if (!parse_open(p, "expectation")) {
		skip_line(p);
		return 0;
	}
	for (; open && p->ts.now.kind != TOKEN_END; tokens_take(&p->ts)) {
		if (p->ts.now.kind == TOKEN_OPEN)
			open++;
		else if (p->ts.now.kind == TOKEN_CLOSE)
			open--;
	}
	if (open) {
		diag_error(p->diags, span_join(start, name), "put a “}” after its last claim",
			   "this expectation is not closed");
		return 0;
	}
	diag_warning(p->diags, span_join(start, name), NULL,
		     "this expectation is not judged: expectations come with a later version");
	p->out->expectation_count++;
	return 0;
}

static void unknown_item(struct parser *p)
{
	static const char *const words[] = {"param", "rule", "expect"};
	const struct token *t = &p->ts.now;
	const char *near;
	char hint[100] = "a file holds param, rule and expect";

	if (t->kind == TOKEN_CLOSE) {
		diag_error(p->diags, t->where, NULL, "this “}” closes nothing");
		tokens_take(&p->ts);
		return;
	}
	if (t->kind != TOKEN_WORD) {
		tokens_expected(&p->ts, hint, "a statement");
		skip_item(p);
		return;
	}
	near = diag_nearest(token_text(t), t->where.len, words, 3);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean “%s”?", near);
	for (int kind = 0; kind < CLAUSE_COUNT; kind++)
		if (token_is_word(t, clause_words[kind]))
			snprintf(hint, sizeof(hint), "it belongs in a rule: rule NAME { %s … }",
				 clause_words[kind]);
	diag_error(p->diags, t->where, hint, "“%.*s” begins no statement here",
		   (int)(t->where.len < 60 ? t->where.len : 60), token_text(t));
	skip_item(p);
}

int syntax_parse(const struct source *src, struct diag_list *diags, struct syntax *s)
{
	struct parser p = {.diags = diags, .out = s};
	int r = 0;

	tokens_init(&p.ts, src, 0, (uint32_t)src->len, diags, NULL);
	while (r == 0) {
		skip_lines(&p);
		if (p.ts.now.kind == TOKEN_END)
			break;
		if (token_is_word(&p.ts.now, "param"))
			r = parse_param(&p);
		else if (token_is_word(&p.ts.now, "rule"))
			r = parse_rule(&p);
		else if (token_is_word(&p.ts.now, "expect"))
			r = parse_expectation(&p);
		else
			unknown_item(&p);
	}
	return r;
}

void syntax_done(struct syntax *s)
{
	for (size_t i = 0; i < s->rule_count; i++)
		free(s->rules[i].clauses);
	free(s->params);
	free(s->rules);
	*s = (struct syntax){0};
}
