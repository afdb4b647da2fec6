// SPDX-License-Identifier: GPL-2.0-or-later
// The stand-in phone: one or a thousand SCCP or SIP phones in one process, on the kernel's own TCP.
#include "phone.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"phone --proto sccp|sip --name SEP001B54000011 --local IP --primary IP[:PORT] [OPTION…]\n"
	"\n"
	"  --count N               so many phones; names and, where they exist, addresses count up (1)\n"
	"  --backup IP[:PORT]      the second server\n"
	"  --no-standby            keep no connection to the server that the phone is not registered with\n"
	"  --failover normal|delayed   when an SCCP phone leaves its server (normal)\n"
	"  --speed S               divide every timer by S (1)\n"
	"  --for SECONDS           end after so many real seconds (0: at SIGTERM)\n"
	"  --monitor SECONDS       how long the primary must be back before the phone returns (120)\n"
	"  --delta SECONDS         SIP: refresh so long before the granted time is over (5)\n"
	"  --answer SECONDS        SIP: how long a REGISTER may stay unanswered (32)\n"
	"  --patience SECONDS      normal failover: lateness that makes it leave (2.4)\n"
	"  --window N              … summed over so many keep-alives (16)\n"
	"  --missed N              intervals without an answer after which it leaves anyway (3)\n"
	"  --reason WORD           why it left last, for its first Alarm (Initialized)\n"
	"  --bind-dev IF           send by that interface\n"
	"  --flush-neighbour       forget the server's MAC before each keep-alive\n"
	"  --json FILE|-           where the JSON lines go (-)\n"
	"\n"
	"All times but --for are at true scale: --speed divides them.\n";

enum {
	OPT_PROTO = 256,
	OPT_NAME,
	OPT_COUNT,
	OPT_LOCAL,
	OPT_PRIMARY,
	OPT_BACKUP,
	OPT_NO_STANDBY,
	OPT_FAILOVER,
	OPT_SPEED,
	OPT_FOR,
	OPT_MONITOR,
	OPT_DELTA,
	OPT_ANSWER,
	OPT_PATIENCE,
	OPT_WINDOW,
	OPT_MISSED,
	OPT_REASON,
	OPT_DEVICE,
	OPT_FLUSH,
	OPT_JSON,
	OPT_HELP
};

static const struct option long_options[] = {
	{"proto", required_argument, NULL, OPT_PROTO},
	{"name", required_argument, NULL, OPT_NAME},
	{"count", required_argument, NULL, OPT_COUNT},
	{"local", required_argument, NULL, OPT_LOCAL},
	{"primary", required_argument, NULL, OPT_PRIMARY},
	{"backup", required_argument, NULL, OPT_BACKUP},
	{"no-standby", no_argument, NULL, OPT_NO_STANDBY},
	{"failover", required_argument, NULL, OPT_FAILOVER},
	{"speed", required_argument, NULL, OPT_SPEED},
	{"for", required_argument, NULL, OPT_FOR},
	{"monitor", required_argument, NULL, OPT_MONITOR},
	{"delta", required_argument, NULL, OPT_DELTA},
	{"answer", required_argument, NULL, OPT_ANSWER},
	{"patience", required_argument, NULL, OPT_PATIENCE},
	{"window", required_argument, NULL, OPT_WINDOW},
	{"missed", required_argument, NULL, OPT_MISSED},
	{"reason", required_argument, NULL, OPT_REASON},
	{"bind-dev", required_argument, NULL, OPT_DEVICE},
	{"flush-neighbour", no_argument, NULL, OPT_FLUSH},
	{"json", required_argument, NULL, OPT_JSON},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

struct texts { // read once the protocol, and so the port, is known
	const char *local, *primary, *backup;
};

static int read_protocol(struct options *o, const char *text)
{
	o->protocol = strcmp(text, "sccp") == 0 ? &phone_sccp : strcmp(text, "sip") == 0 ? &phone_sip : NULL;
	return o->protocol ? 0 : -EINVAL;
}

static int read_failover(struct options *o, const char *text)
{
	if (strcmp(text, "normal") != 0 && strcmp(text, "delayed") != 0)
		return -EINVAL;
	o->failover = *text == 'n' ? FAILOVER_NORMAL : FAILOVER_DELAYED;
	return 0;
}

static int read_option(struct options *o, struct texts *t, int opt, const char *text)
{
	switch (opt) {
	case OPT_PROTO:
		return read_protocol(o, text);
	case OPT_NAME:
		o->name = text;
		return 0;
	case OPT_COUNT:
		return args_count(text, 1, 10000, &o->count);
	case OPT_LOCAL:
		t->local = text;
		return 0;
	case OPT_PRIMARY:
		t->primary = text;
		return 0;
	case OPT_BACKUP:
		t->backup = text;
		return 0;
	case OPT_NO_STANDBY:
		o->standby = false;
		return 0;
	case OPT_FAILOVER:
		return read_failover(o, text);
	case OPT_SPEED:
		return args_real(text, 1, &o->speed);
	case OPT_FOR:
		return args_real(text, 0, &o->seconds);
	case OPT_MONITOR:
		return args_real(text, 0, &o->monitor);
	case OPT_DELTA:
		return args_real(text, 0, &o->delta);
	case OPT_ANSWER:
		return args_real(text, 1, &o->answer);
	case OPT_PATIENCE:
		return args_real(text, 0, &o->patience);
	case OPT_WINDOW:
		return args_count(text, 1, WINDOW_MOST, &o->window);
	case OPT_MISSED:
		return args_count(text, 1, OUTSTANDING, &o->missed);
	case OPT_REASON:
		return last_reason_parse(text, &o->reason);
	case OPT_DEVICE:
		o->device = text;
		return 0;
	case OPT_FLUSH:
		o->flush_neighbour = true;
		return 0;
	case OPT_JSON:
		o->json = text;
		return 0;
	default:
		return -EINVAL;
	}
}

static int complain(const char *what, const char *value)
{
	fprintf(stderr, "phone: %s%s%s (--help shows how it is used)\n", what, value ? ": " : "",
		value ? value : "");
	return -EINVAL;
}

static int check(struct options *o, const struct texts *t)
{
	char name[DEVICE_NAME_SIZE];
	uint8_t mac[6];

	if (!o->protocol || !o->name || !t->local || !t->primary)
		return complain("--proto, --name, --local and --primary are needed", NULL);
	if (args_device(o->name, 0, name, mac) < 0)
		return complain("a device's name is SEP and 12 hexadecimal digits", o->name);
	if (args_address(t->local, 0, &o->local) < 0)
		return complain("--local is no IPv4 address", t->local);
	if (args_address(t->primary, o->protocol->port, &o->servers[0]) < 0)
		return complain("--primary is no IPv4 address", t->primary);
	o->have_backup = t->backup != NULL;
	if (t->backup && args_address(t->backup, o->protocol->port, &o->servers[1]) < 0)
		return complain("--backup is no IPv4 address", t->backup);
	return 0;
}

static int parse(int argc, char **argv, struct options *o)
{
	struct texts t = {NULL};
	int opt, at = 0;

	while ((opt = getopt_long(argc, argv, "", long_options, &at)) != -1) {
		if (opt == OPT_HELP) {
			fputs(usage, stdout);
			exit(0);
		}
		if (opt == '?')
			return -EINVAL;
		if (read_option(o, &t, opt, optarg) < 0) {
			fprintf(stderr, "phone: --%s %s does not fit (--help shows what does)\n",
				long_options[at].name, optarg ? optarg : "");
			return -EINVAL;
		}
	}
	if (optind < argc)
		return complain("nothing but options is expected", argv[optind]);
	return check(o, &t);
}

// The next phone's address counts up where this host has it; else all share the first.
static struct sockaddr_in address_of(const struct options *o, unsigned index)
{
	struct sockaddr_in a = o->local;

	a.sin_addr.s_addr = htonl(ntohl(a.sin_addr.s_addr) + index);
	return net_have_address(a.sin_addr) == 0 ? a : o->local;
}

static void summary(const struct lab *lab)
{
	const struct counters *c = &lab->counters;
	json_t *line = report_begin(&lab->report, "summary", NULL, NULL, lab->options.protocol->name);

	json_object_set_new(line, "phones", json_integer(lab->options.count));
	json_object_set_new(line, "registrations", json_integer(c->registrations));
	json_object_set_new(line, "keepalives", json_integer(c->keepalives));
	json_object_set_new(line, "answered", json_integer(c->answered));
	json_object_set_new(line, "late", json_integer(c->late));
	json_object_set_new(line, "heartbeats", json_integer(c->heartbeats));
	json_object_set_new(line, "unregistered", json_integer(c->unregistered));
	json_object_set_new(line, "failovers", json_integer(c->failovers));
	json_object_set_new(line, "failbacks", json_integer(c->failbacks));
	json_object_set_new(line, "refused", json_integer(c->refused));
	report_end(&lab->report, line);
}

static int open_lab(struct lab *lab)
{
	const struct options *o = &lab->options;
	int r = loop_init(&lab->loop);

	if (r < 0)
		return complain("cannot make an event loop", strerror(-r));
	r = report_open(&lab->report, o->json, &lab->loop, o->speed);
	if (r < 0)
		return complain("cannot write the JSON lines", strerror(-r));
	r = net_allow_files(o->count * 2 + 64);
	if (r < 0)
		return complain("too few files may be open", strerror(-r));
	if (o->flush_neighbour) {
		r = net_netlink(&lab->netlink);
		if (r == 0)
			r = net_interface_of(o->local.sin_addr, &lab->interface);
		if (r < 0)
			return complain("--flush-neighbour: no interface has the local address",
					strerror(-r));
	}
	lab->phones = calloc(o->count, sizeof(*lab->phones));
	return lab->phones ? 0 : complain("out of memory", NULL);
}

int main(int argc, char **argv)
{
	struct lab lab = {.options = {.count = 1,
				      .json = "-",
				      .standby = true,
				      .reason = LAST_INITIALIZED,
				      .speed = 1,
				      .monitor = 120,
				      .delta = 5,
				      .retry = 10,
				      .answer = 32,
				      .connect = 20,
				      .patience = 2.4,
				      .window = 16,
				      .missed = 3,
				      .expires = 3600}};
	int r;

	if (parse(argc, argv, &lab.options) < 0)
		return 2;
	if (open_lab(&lab) < 0)
		return 1;
	for (unsigned i = 0; i < lab.options.count; i++) {
		struct sockaddr_in local = address_of(&lab.options, i);

		phone_init(&lab.phones[i], &lab, i, &local);
		phone_start(&lab.phones[i]);
	}
	r = loop_run(&lab.loop, lab.options.seconds);
	summary(&lab);
	report_close(&lab.report);
	return r < 0 ? 1 : 0;
}
