// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/nft.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <nftables/libnftables.h>

#include "wire/frame.h"

struct nft {
	struct nft_ctx *ctx; // its netlink socket owns the table
};

static void put_ports(FILE *out, const char *const *ports)
{
	fputs("iifname { ", out);
	for (size_t i = 0; ports[i]; i++)
		fprintf(out, "%s\"%s\"", i ? ", " : "", ports[i]);
	fputs(" }", out);
}

char *nft_text(const struct nft_plan *plan)
{
	static const char *const chains[] = {[SIDE_PHONES] = "from_phones", [SIDE_CUCM] = "from_cucm"};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	// Without comments on the rules: they are read back by their order and their queue expression.
	fputs("table bridge " NFT_TABLE " {\n\tflags owner\n", out);
	for (int side = 0; side < 2; side++) {
		fprintf(out, "\tchain %s {\n\t\tcounter\n", chains[side]);
		for (char *const *m = plan->matches[side]; *m; m++)
			fprintf(out, "\t\t%s%scounter queue flags bypass to %u\n", *m, **m ? " " : "",
				plan->queue);
		fputs("\t}\n", out);
	}
	fputs("\tchain received {\n\t\ttype filter hook prerouting priority 0; policy accept;\n", out);
	for (int side = 0; side < 2; side++) {
		fputs("\t\t", out);
		put_ports(out, plan->ports[side]);
		fprintf(out, " jump %s\n", chains[side]);
	}
	fputs("\t}\n}\n", out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

// What the kernel lacks, told apart by small tables that need just that.
static int why_refused(struct nft_ctx *ctx, const char *message)
{
	if (strstr(message, "Operation not permitted") || strstr(message, "Permission denied") ||
	    strstr(message, "must be root"))
		return nft_run_cmd_from_buffer(ctx, "list table bridge " NFT_TABLE) == 0 ? -EEXIST : -EPERM;
	if (strstr(message, "File exists") || strstr(message, "Device or resource busy"))
		return -EEXIST;
	if (strstr(message, "No such file or directory") || strstr(message, "not supported"))
		return -EOPNOTSUPP;
	return -EINVAL;
}

int nft_open(const struct nft_plan *plan, struct nft **ret, char **ret_message)
{
	struct nft *n = calloc(1, sizeof(*n));
	char *text = nft_text(plan);
	const char *said;
	int r = -ENOMEM;

	*ret_message = NULL;
	if (n)
		n->ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!n || !n->ctx || !text || nft_ctx_buffer_error(n->ctx) != 0 || nft_ctx_buffer_output(n->ctx) != 0)
		goto out;
	if (nft_run_cmd_from_buffer(n->ctx, text) != 0) {
		said = nft_ctx_get_error_buffer(n->ctx);
		*ret_message = strdup(said ? said : "");
		r = why_refused(n->ctx, *ret_message ? *ret_message : "");
		goto out;
	}
	r = 0;
out:
	free(text);
	if (r < 0)
		nft_close(n);
	else
		*ret = n;
	return r;
}

void nft_close(struct nft *n)
{
	if (!n)
		return;
	if (n->ctx)
		nft_ctx_free(n->ctx);
	free(n);
}

static void count_rule(const json_t *rule, struct nft_counts *counts)
{
	const json_t *expr = json_object_get(rule, "expr"), *e;
	uint64_t packets = 0;
	bool queue = false;
	size_t i;

	json_array_foreach(expr, i, e)
	{
		const json_t *counter = json_object_get(e, "counter");

		if (counter)
			packets = (uint64_t)json_integer_value(json_object_get(counter, "packets"));
		queue = queue || json_object_get(e, "queue");
	}
	if (queue)
		counts->queued += packets;
	else
		counts->received += packets;
}

int nft_counts(struct nft *n, struct nft_counts *ret)
{
	struct nft_counts counts = {0};
	json_t *root, *list, *o;
	size_t i;
	int r;

	nft_ctx_output_set_flags(n->ctx, NFT_CTX_OUTPUT_JSON);
	r = nft_run_cmd_from_buffer(n->ctx, "list table bridge " NFT_TABLE);
	if (r != 0)
		return -ENOENT;
	root = json_loads(nft_ctx_get_output_buffer(n->ctx), 0, NULL);
	list = root ? json_object_get(root, "nftables") : NULL;
	json_array_foreach(list, i, o)
	{
		const json_t *rule = json_object_get(o, "rule");

		if (rule)
			count_rule(rule, &counts);
	}
	json_decref(root);
	if (!list)
		return -EBADMSG;
	*ret = counts;
	return 0;
}

int nft_stop_queueing(struct nft *n, struct nft_counts *ret)
{
	// The jumps go first; the rules behind them, and their counters, stay to be read.
	nft_ctx_output_set_flags(n->ctx, 0);
	if (nft_run_cmd_from_buffer(n->ctx, "flush chain bridge " NFT_TABLE " received") != 0)
		return -ENOENT;
	return nft_counts(n, ret);
}
