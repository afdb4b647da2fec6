// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule/params.h"

#include <errno.h>
#include <stdio.h>

#include "base/array.h"

static struct param *find(const struct ruleset *rules, const char *name, size_t len)
{
	for (size_t i = 0; i < rules->param_count; i++)
		if (strlen(rules->params[i].name) == len && !memcmp(rules->params[i].name, name, len))
			return &rules->params[i];
	return NULL;
}

static bool is_defined(const char *name, const struct define *defines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(defines[i].name, name))
			return true;
	return false;
}

// Two scenarios may both know of a server by the same name: alike, they mean the same parameter.
static void check_same(const struct param *known, const struct syntax_param *param,
		       const struct define *defines, size_t define_count, struct diag_list *diags)
{
	unsigned line, column;
	char hint[300];

	if (strlen(known->value.text) == param->value.len &&
	    !memcmp(known->value.text, param->value.src->text + param->value.off, param->value.len) &&
	    param->name.src != known->where.src)
		return;
	if (param->name.src != known->where.src && is_defined(known->name, defines, define_count))
		return;
	span_position(known->where, &line, &column);
	if (param->name.src == known->where.src)
		snprintf(hint, sizeof(hint), "it is set on line %u already", line);
	else
		snprintf(hint, sizeof(hint), "it is %.40s at %.120s:%u:%u; say which with -D %s=VALUE",
			 known->value.text, known->where.src->name, line, column, known->name);
	diag_error(diags, param->name, hint, "parameter “%s” is set twice", known->name);
}

int params_add_file(struct ruleset *rules, const struct syntax *syntax, const struct define *defines,
		    size_t define_count, struct diag_list *diags)
{
	for (size_t i = 0; i < syntax->param_count; i++) {
		const struct syntax_param *s = &syntax->params[i];
		struct param *p = find(rules, s->name.src->text + s->name.off, s->name.len);

		if (p) {
			check_same(p, s, defines, define_count, diags);
			continue;
		}
		p = array_add(&rules->params, &rules->param_count, sizeof(*p));
		if (!p)
			return -ENOMEM;
		p->name = span_text(s->name, s->name.len);
		p->value.text = span_text(s->value, s->value.len);
		if (!p->name || !p->value.text)
			return -ENOMEM;
		p->where = s->name;
		p->value.where = s->value;
	}
	return 0;
}

// "-D NAME=VALUE" as a text of its own.
static int define_source(struct ruleset *rules, const struct define *d, struct source **ret)
{
	struct source **slot, *src = calloc(1, sizeof(*src));
	int len;

	if (!src)
		return -ENOMEM;
	src->name = strdup("command line");
	len = asprintf(&src->text, "-D %s=%s", d->name, d->value);
	if (len < 0)
		src->text = NULL;
	slot = src->name && src->text
		       ? array_add(&rules->sources, &rules->source_count, sizeof(struct source *))
		       : NULL;
	if (!slot) {
		free(src->name);
		free(src->text);
		free(src);
		return -ENOMEM;
	}
	src->len = (size_t)len;
	*slot = *ret = src;
	return 0;
}

static int define_unknown(const struct ruleset *rules, const struct define *d, struct span name,
			  struct diag_list *diags)
{
	const char **names = calloc(rules->param_count + 1, sizeof(*names)), *near;
	char hint[100] = "the rules have no parameters";

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < rules->param_count; i++)
		names[i] = rules->params[i].name;
	near = diag_nearest(d->name, strlen(d->name), names, rules->param_count);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean “%s”?", near);
	diag_error(diags, name, near || !rules->param_count ? hint : NULL,
		   "no rule file has a parameter “%.60s”", d->name);
	free(names);
	return 0;
}

int params_add_defines(struct ruleset *rules, const struct define *defines, size_t define_count,
		       struct diag_list *diags)
{
	for (size_t i = 0; i < define_count; i++) {
		const struct define *d = &defines[i];
		uint32_t len = (uint32_t)strlen(d->name);
		struct source *src;
		struct span name;
		struct param *p;
		char *text;
		int r;

		r = define_source(rules, d, &src);
		if (r < 0)
			return r;
		name = (struct span){.src = src, .off = 3, .len = len};
		p = find(rules, d->name, len);
		if (!p) {
			if (define_unknown(rules, d, name, diags) < 0)
				return -ENOMEM;
			continue;
		}
		if (p->value.defined) {
			diag_error(diags, name, NULL, "parameter “%s” is defined twice", p->name);
			continue;
		}
		if (!*d->value) {
			diag_error(diags, name, "give it one: -D NAME=VALUE", "parameter “%s” has no value",
				   p->name);
			continue;
		}
		text = strdup(d->value);
		if (!text)
			return -ENOMEM;
		free((char *)p->value.text);
		p->value = (struct token_param){
			.text = text,
			.where = {.src = src, .off = 3 + len + 1, .len = (uint32_t)src->len - len - 4},
			.defined = true,
		};
	}
	return 0;
}

int param_table_init(struct param_table *table, struct ruleset *rules)
{
	const char **names = calloc(rules->param_count + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < rules->param_count; i++)
		names[i] = rules->params[i].name;
	*table = (struct param_table){.rules = rules, .names = names};
	return 0;
}

void param_table_done(struct param_table *table)
{
	free(table->names);
	table->names = NULL;
}

static const struct token_param *table_find(void *ctx, const char *name, size_t len)
{
	struct param_table *table = ctx;
	struct param *p = find(table->rules, name, len);

	if (!p)
		return NULL;
	p->used = true;
	return &p->value;
}

static const char *table_text(void *ctx, const char *name, size_t len)
{
	const struct token_param *value = table_find(ctx, name, len);

	return value ? value->text : NULL;
}

static size_t table_names(void *ctx, const char *const **ret_names)
{
	struct param_table *table = ctx;

	*ret_names = table->names;
	return table->rules->param_count;
}

struct token_params param_table_for_clauses(struct param_table *table)
{
	return (struct token_params){.find = table_find, .names = table_names, .ctx = table};
}

struct filter_params param_table_for_filters(struct param_table *table)
{
	return (struct filter_params){.text = table_text, .names = table_names, .ctx = table};
}

void params_check_used(const struct ruleset *rules, struct diag_list *diags)
{
	for (size_t i = 0; i < rules->param_count; i++)
		if (!rules->params[i].used)
			diag_warning(diags, rules->params[i].where, NULL, "no rule uses parameter “%s”",
				     rules->params[i].name);
}
