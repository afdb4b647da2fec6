// SPDX-License-Identifier: GPL-2.0-or-later
// From what stands in the files to a rule set: all files are read, then all parameters, then each rule's
// clauses.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "rule/params.h"
#include "rule/rule.h"
#include "rule/syntax.h"
#include "rule/check.h"
#include "rule/match_span.h"
#include "rule/when.h"
#include "rule/words.h"

#define FILE_MAX (1u << 20) // bytes of a rule file

struct compiler {
	struct ruleset *rules;
	struct diag_list *diags;
	struct param_table table;
	struct token_params for_clauses;
	struct filter_params for_filters;
};

// --- files

static int add_source(struct ruleset *rules, const char *name, char *text, size_t len, struct source **ret)
{
	struct source *src = calloc(1, sizeof(*src)), **slot = NULL;

	if (src) {
		src->name = strdup(name);
		src->text = text;
		src->len = len;
		if (src->name)
			slot = array_add(&rules->sources, &rules->source_count, sizeof(struct source *));
	}
	if (!slot) {
		if (src)
			free(src->name);
		free(src);
		free(text);
		return -ENOMEM;
	}
	*slot = *ret = src;
	return 0;
}

// The whole file as a C string; *ret_len bytes.
static int read_file(const char *path, char **ret, size_t *ret_len)
{
	FILE *f = fopen(path, "re");
	char *text;
	size_t n;
	int r = 0;

	if (!f)
		return -errno;
	text = malloc(FILE_MAX + 2);
	if (!text) {
		fclose(f);
		return -ENOMEM;
	}
	n = fread(text, 1, FILE_MAX + 1, f);
	if (ferror(f))
		r = errno ? -errno : -EIO;
	else if (n > FILE_MAX)
		r = -EFBIG;
	fclose(f);
	if (r < 0) {
		free(text);
		return r;
	}
	text[n] = '\0';
	*ret = text;
	*ret_len = n;
	return 0;
}

// A scenario may be named without its folder and its ending. found: room for the path that was opened.
static int find_file(const char *name, char *found, size_t size, char **ret, size_t *ret_len)
{
	static const char *const forms[] = {"%s", "rules/%s", "rules/%s.rules", OFFHOOK_RULES "/%s",
					    OFFHOOK_RULES "/%s.rules"};
	int r = -ENOENT;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && r == -ENOENT; i++) {
		if (i && strchr(name, '/'))
			break;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		if (snprintf(found, size, forms[i], name) < (int)size)
			r = read_file(found, ret, ret_len);
#pragma GCC diagnostic pop
	}
	return r;
}

static int is_scenario(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && dot != entry->d_name && strcmp(dot, ".rules") == 0;
}

// The scenarios of a folder, by name, as words; the first that is near `name` in `near`, which is "" before.
static void list_scenarios(struct text *t, const char *folder, const char *name, char *near, size_t size)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_scenario, alphasort);

	for (int i = 0; i < n; i++) {
		const char *word = entries[i]->d_name;

		*strrchr(entries[i]->d_name, '.') = '\0';
		if (!*near && diag_nearest(name, strcspn(name, "."), &word, 1))
			snprintf(near, size, "did you mean the scenario %s?", word);
		text_add(t, " %s", word);
		free(entries[i]);
	}
	free(entries);
}

static void file_error(struct diag_list *diags, const char *name, int error)
{
	struct span nowhere = {.src = NULL};
	char words[300], near[300] = "";
	struct text t = text_of(words, sizeof(words));

	if (error == -ENOENT && !strchr(name, '/')) {
		text_add(&t, "the scenarios that come along:");
		list_scenarios(&t, "rules", name, near, sizeof(near));
		if (t.buf[t.used - 1] == ':')
			list_scenarios(&t, OFFHOOK_RULES, name, near, sizeof(near));
	}
	diag_error(diags, nowhere,
		   *near                                ? near
		   : t.used && t.buf[t.used - 1] != ':' ? words
							: NULL,
		   "cannot read %.200s: %s", name,
		   error == -EFBIG    ? "a rule file has at most 1 MiB"
		   : error == -EISDIR ? "it is a folder; name the files in it"
				      : strerror(-error));
}

// --- clauses

// Where a filter's mistake lies in what a parameter holds, its hint tells where that was said. d's place is
// in the rule file's own text.
static void add_origin(struct compiler *c, struct diag *d)
{
	const char *name = d->where.src->text + d->where.off + 1;
	const struct token_param *param;
	char origin[300], *hint;

	if (d->where.len < 2 || name[-1] != '$')
		return;
	param = c->for_clauses.find(c->for_clauses.ctx, name, d->where.len - 1);
	if (!param)
		return;
	token_param_origin(param, origin, sizeof(origin));
	if (asprintf(&hint, "it is %s%s%s", origin, d->hint ? "; " : "", d->hint ? d->hint : "") < 0)
		return;
	free(d->hint);
	d->hint = hint;
}

static int compile_filter(struct compiler *c, struct rule *rule, const struct source *src, struct span body)
{
	size_t before = c->diags->count;
	int r = filter_compile(src, body.off, body.len, &c->for_filters, c->diags, &rule->match);

	for (size_t i = before; i < c->diags->count; i++) {
		struct diag *d = &c->diags->items[i];

		if (d->where.src != src)
			continue;
		d->where.src = body.src;
		add_origin(c, d);
	}
	return r;
}

// A filter of several lines is compiled from a copy without comments and line ends; what is said of places in
// it is true of the original too.
static int compile_match(struct compiler *c, struct rule *rule, const struct syntax_clause *clause)
{
	struct span body = clause->body;
	struct source plain = *body.src;
	int r;

	if (!body.len) {
		diag_error(c->diags, clause->word, "match ip && tcp.port == 2000",
			   "a display filter must follow “match”");
		return 0;
	}
	rule->match_where = body;
	if (!memchr(body.src->text + body.off, '\n', body.len)) {
		r = compile_filter(c, rule, body.src, body);
		return r == -ENOMEM ? r : 0;
	}
	plain.text = malloc(plain.len + 1);
	if (!plain.text)
		return -ENOMEM;
	memcpy(plain.text, body.src->text, plain.len + 1);
	match_span_plain(body, plain.text);
	r = compile_filter(c, rule, &plain, body);
	free(plain.text);
	return r == -ENOMEM ? r : 0;
}

static void compile_from(struct rule *rule, struct token_stream *ts)
{
	const char *near = NULL;
	char hint[60] = "from phones, from cucm or from any";
	static const char *const words[] = {
		[FROM_ANY] = "any", [FROM_PHONES] = "phones", [FROM_CUCM] = "cucm"};

	for (int i = 0; i < 3; i++)
		if (tokens_accept_word(ts, words[i])) {
			rule->from = (enum from)i;
			tokens_end_of(ts, "“from”'s side");
			return;
		}
	if (ts->now.kind == TOKEN_WORD)
		near = diag_nearest(token_text(&ts->now), ts->now.where.len, words, 3);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean “%s”?", near);
	tokens_expected(ts, hint, "a side of the bridge");
}

static void compile_limit(struct rule *rule, struct token_stream *ts)
{
	static const char *const scopes[] = {[LIMIT_RUN] = "run",
					     [LIMIT_ENDPOINT] = "endpoint",
					     [LIMIT_REGISTRATION] = "registration",
					     [LIMIT_FLOW] = "flow"};
	struct span where = ts->now.where;

	if (tokens_count(ts, "a number of times", &rule->limit) < 0)
		return;
	if (!rule->limit) {
		diag_error(ts->diags, where, NULL, "a rule that may never act is no rule");
		return;
	}
	if (!tokens_accept_word(ts, "per")) {
		tokens_expected(ts, "limit 3 per registration", "“per”");
		return;
	}
	for (int i = 0; i < 4; i++)
		if (tokens_accept_word(ts, scopes[i])) {
			rule->limit_scope = (enum limit_scope)i;
			tokens_end_of(ts, "a limit");
			return;
		}
	tokens_expected(ts, "per run, per endpoint, per registration or per flow", "a scope");
}

static int compile_when(struct rule *rule, struct token_stream *ts)
{
	struct condition condition = {0}, *slot;
	struct span where = ts->now.where;

	if (when_parse(ts, &condition) < 0)
		return 0;
	condition.where = where;
	slot = array_add(&rule->conditions, &rule->condition_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = condition;
	return 0;
}

static void unknown_fault(struct token_stream *ts)
{
	const char *words[16], *near;
	size_t n = 0;
	const struct token *t = &ts->now;
	const char *future = t->kind == TOKEN_WORD ? future_word(token_text(t), t->where.len) : NULL;
	char hint[160] = "do drop, delay, answer arp or note";

	if (future) {
		diag_error(ts->diags, t->where, "this version knows drop, delay, answer arp and note",
			   "“%.*s” is not in this version: %s", (int)t->where.len, token_text(t), future);
		return;
	}
	for (; fault_table[n] && n < 16; n++)
		words[n] = fault_table[n]->word;
	near = t->kind == TOKEN_WORD ? diag_nearest(token_text(t), t->where.len, words, n) : NULL;
	if (near)
		snprintf(hint, sizeof(hint), "did you mean “%s”?", near);
	tokens_expected(ts, hint, "a fault");
}

static int compile_do(struct rule *rule, struct token_stream *ts)
{
	struct fault fault = {.where = ts->now.where}, *slot;
	const struct fault_kind *kind = NULL;

	for (size_t i = 0; fault_table[i] && !kind; i++)
		if (tokens_accept_word(ts, fault_table[i]->word))
			kind = fault_table[i];
	if (!kind) {
		unknown_fault(ts);
		return 0;
	}
	fault.kind = kind;
	if (kind->parse(ts, &fault) < 0) {
		if (kind->done)
			kind->done(&fault);
		return 0;
	}
	slot = array_add(&rule->faults, &rule->fault_count, sizeof(*slot));
	if (!slot) {
		if (kind->done)
			kind->done(&fault);
		return -ENOMEM;
	}
	*slot = fault;
	return 0;
}

static int compile_clause(struct compiler *c, struct rule *rule, const struct syntax_clause *clause)
{
	struct token_stream ts;

	tokens_init(&ts, clause->body.src, clause->body.off, clause->body.len, c->diags, &c->for_clauses);
	switch (clause->kind) {
	case CLAUSE_FROM:
		compile_from(rule, &ts);
		return 0;
	case CLAUSE_MATCH:
		return compile_match(c, rule, clause);
	case CLAUSE_WHEN:
		return compile_when(rule, &ts);
	case CLAUSE_LIMIT:
		compile_limit(rule, &ts);
		return 0;
	case CLAUSE_DO:
		return compile_do(rule, &ts);
	case CLAUSE_COUNT:
		break;
	}
	return 0;
}

// --- rules

static void check_name(struct compiler *c, const struct syntax_rule *syntax, const char *name)
{
	unsigned line, column;
	char hint[200];

	for (size_t i = 0; i < c->rules->rule_count && !syntax->nameless; i++) {
		const struct rule *o = &c->rules->rules[i];

		if (!o->name || strcmp(o->name, name) != 0)
			continue;
		span_position(o->where, &line, &column);
		snprintf(hint, sizeof(hint), "the other is at %.150s:%u", o->where.src->name, line);
		diag_error(c->diags, syntax->name, hint, "there are two rules named %s", name);
		return;
	}
}

static void check_twice(struct compiler *c, const struct syntax_rule *syntax)
{
	bool seen[CLAUSE_COUNT] = {false};

	for (size_t i = 0; i < syntax->clause_count; i++) {
		const struct syntax_clause *clause = &syntax->clauses[i];
		bool once = clause->kind == CLAUSE_FROM || clause->kind == CLAUSE_MATCH ||
			    clause->kind == CLAUSE_LIMIT;

		if (once && seen[clause->kind])
			diag_error(c->diags, clause->word,
				   clause->kind == CLAUSE_MATCH ? "join both filters with &&" : NULL,
				   "a rule has only one “%s”", clause_words[clause->kind]);
		seen[clause->kind] = true;
	}
	if (!seen[CLAUSE_DO])
		diag_error(c->diags, syntax->name, "do drop, delay, answer arp or note",
			   "this rule does nothing: it has no “do”");
}

static int compile_rule(struct compiler *c, const struct syntax_rule *syntax)
{
	char *name = span_text(syntax->name, syntax->name.len);
	size_t errors = c->diags->errors;
	struct rule *rule;
	int r = 0;

	if (!name)
		return -ENOMEM;
	check_name(c, syntax, name);
	check_twice(c, syntax);
	rule = array_add(&c->rules->rules, &c->rules->rule_count, sizeof(*rule));
	if (!rule) {
		free(name);
		return -ENOMEM;
	}
	rule->name = name;
	rule->where = syntax->name;
	for (size_t i = 0; i < syntax->clause_count && r == 0; i++) {
		// A second filter was told above; it must not take the first one's place.
		if (syntax->clauses[i].kind == CLAUSE_MATCH && rule->match)
			continue;
		r = compile_clause(c, rule, &syntax->clauses[i]);
	}
	if (r == 0 && c->diags->errors == errors)
		rule_check(rule, c->diags);
	return r;
}

static int compile_all(struct compiler *c, const struct syntax *files, size_t count,
		       const struct define *defines, size_t define_count)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		c->rules->expectation_count += files[i].expectation_count;
		r = params_add_file(c->rules, &files[i], defines, define_count, c->diags);
	}
	if (r == 0)
		r = params_add_defines(c->rules, defines, define_count, c->diags);
	if (r == 0)
		r = param_table_init(&c->table, c->rules);
	if (r < 0)
		return r;
	c->for_clauses = param_table_for_clauses(&c->table);
	c->for_filters = param_table_for_filters(&c->table);
	for (size_t i = 0; i < count && r == 0; i++)
		for (size_t j = 0; j < files[i].rule_count && r == 0; j++)
			r = compile_rule(c, &files[i].rules[j]);
	param_table_done(&c->table);
	// A name mistyped where it is used would be told twice.
	if (!c->diags->errors)
		params_check_used(c->rules, c->diags);
	return r;
}

// A capture or a program given for a rule file is told by its first NUL byte, not by a hundred mistakes.
static bool is_text(const struct source *src, struct diag_list *diags)
{
	const char *nul = memchr(src->text, '\0', src->len);
	struct span where = {.src = src, .len = 1};

	if (!nul)
		return true;
	where.off = (uint32_t)(nul - src->text);
	diag_error(diags, where, NULL, "this file is no text: it holds a NUL byte");
	return false;
}

// The sources are in the rule set already: the first `count` of them are the files.
static int compile_sources(struct ruleset *rules, const struct define *defines, size_t define_count,
			   struct diag_list *diags)
{
	struct compiler c = {.rules = rules, .diags = diags};
	size_t count = rules->source_count;
	struct syntax *files = calloc(count + 1, sizeof(*files));
	int r = files ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && r == 0; i++)
		if (is_text(rules->sources[i], diags))
			r = syntax_parse(rules->sources[i], diags, &files[i]);
	if (r == 0)
		r = compile_all(&c, files, count, defines, define_count);
	for (size_t i = 0; i < count && files; i++)
		syntax_done(&files[i]);
	free(files);
	return r ? r : diags->errors ? -EINVAL : 0;
}

static bool is_named_before(const char *const *paths, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(paths[i], paths[index]) == 0)
			return true;
	return false;
}

int ruleset_load(const char *const *paths, size_t path_count, const struct define *defines,
		 size_t define_count, struct diag_list *diags, struct ruleset **ret)
{
	struct ruleset *rules = calloc(1, sizeof(*rules));
	int r = 0;

	if (!rules)
		return -ENOMEM;
	for (size_t i = 0; i < path_count && r == 0; i++) {
		char found[4096], *text = NULL;
		struct source *src;
		size_t len = 0;
		int e;

		if (is_named_before(paths, i)) {
			diag_error(diags, (struct span){.src = NULL}, NULL, "%.200s is named twice",
				   paths[i]);
			continue;
		}
		e = find_file(paths[i], found, sizeof(found), &text, &len);

		if (e == -ENOMEM)
			r = e;
		else if (e < 0)
			file_error(diags, paths[i], e);
		else
			r = add_source(rules, found, text, len, &src);
	}
	if (r == 0)
		r = compile_sources(rules, defines, define_count, diags);
	*ret = rules;
	return r;
}

int ruleset_parse(const char *name, const char *text, size_t len, const struct define *defines,
		  size_t define_count, struct diag_list *diags, struct ruleset **ret)
{
	struct ruleset *rules = calloc(1, sizeof(*rules));
	struct source *src;
	char *copy;
	int r;

	if (!rules)
		return -ENOMEM;
	copy = malloc(len + 1);
	if (!copy) {
		free(rules);
		return -ENOMEM;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	r = add_source(rules, name, copy, len, &src);
	if (r == 0)
		r = compile_sources(rules, defines, define_count, diags);
	*ret = rules;
	return r;
}
