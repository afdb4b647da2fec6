// SPDX-License-Identifier: GPL-2.0-or-later
// The stand-in CUCM: a registrar for SCCP and SIP phones, publisher or subscriber alike.
#include "cucm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"cucm [OPTION…]\n"
	"\n"
	"  --name WORD             the node's name in what is written (pub)\n"
	"  --listen IP             (0.0.0.0)\n"
	"  --sccp-port N --sip-port N  (2000, 5060)\n"
	"  --keepalive SECONDS     SCCP: granted interval (30)\n"
	"  --secondary-keepalive SECONDS  … towards a backup (60)\n"
	"  --missed N              SCCP: intervals without a keep-alive before it gives up (3)\n"
	"  --sip-expires SECONDS   SIP: granted time (120)\n"
	"  --delta SECONDS         SIP: how long before that the phone refreshes (5)\n"
	"  --grace SECONDS         SIP: how long beyond its refresh's time a phone is waited for (15)\n"
	"  --on-timeout close|reset|silence  what then happens to the connection (close)\n"
	"  --speed S               divide every timer by S (1)\n"
	"  --for SECONDS           end after so many real seconds (0: at SIGTERM)\n"
	"  --json FILE|-           where the JSON lines go (-)\n"
	"  --syslog FILE           where the EndPointUnregistered lines go\n";

static const struct option long_options[] = {
	{"name", required_argument, NULL, 'n'},
	{"listen", required_argument, NULL, 'l'},
	{"sccp-port", required_argument, NULL, 'c'},
	{"sip-port", required_argument, NULL, 'i'},
	{"keepalive", required_argument, NULL, 'k'},
	{"secondary-keepalive", required_argument, NULL, 'K'},
	{"missed", required_argument, NULL, 'm'},
	{"sip-expires", required_argument, NULL, 'e'},
	{"delta", required_argument, NULL, 'd'},
	{"grace", required_argument, NULL, 'g'},
	{"on-timeout", required_argument, NULL, 't'},
	{"speed", required_argument, NULL, 's'},
	{"for", required_argument, NULL, 'f'},
	{"json", required_argument, NULL, 'j'},
	{"syslog", required_argument, NULL, 'y'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static int read_on_timeout(struct options *o, const char *text)
{
	static const char *const words[] = {
		[ON_TIMEOUT_CLOSE] = "close", [ON_TIMEOUT_RESET] = "reset", [ON_TIMEOUT_SILENCE] = "silence"};

	for (int i = 0; i < 3; i++)
		if (strcmp(words[i], text) == 0) {
			o->on_timeout = (enum on_timeout)i;
			return 0;
		}
	return -EINVAL;
}

static int read_option(struct options *o, int opt, const char *text)
{
	switch (opt) {
	case 'n':
		o->name = text;
		return 0;
	case 'l':
		return args_address(text, 0, &o->listen);
	case 'c':
		return args_count(text, 1, 65535, &o->sccp_port);
	case 'i':
		return args_count(text, 1, 65535, &o->sip_port);
	case 'k':
		return args_count(text, 1, 3600, &o->keepalive);
	case 'K':
		return args_count(text, 1, 3600, &o->secondary);
	case 'm':
		return args_count(text, 1, 100, &o->missed);
	case 'e':
		return args_count(text, 1, 86400, &o->sip_expires);
	case 'd':
		return args_real(text, 0, &o->delta);
	case 'g':
		return args_real(text, 0, &o->grace);
	case 't':
		return read_on_timeout(o, text);
	case 's':
		return args_real(text, 1, &o->speed);
	case 'f':
		return args_real(text, 0, &o->seconds);
	case 'j':
		o->json = text;
		return 0;
	case 'y':
		o->syslog = text;
		return 0;
	default:
		return -EINVAL;
	}
}

static int parse(int argc, char **argv, struct options *o)
{
	int opt, at = 0;

	while ((opt = getopt_long(argc, argv, "", long_options, &at)) != -1) {
		if (opt == 'h') {
			fputs(usage, stdout);
			exit(0);
		}
		if (opt == '?')
			return -EINVAL;
		if (read_option(o, opt, optarg) < 0) {
			fprintf(stderr, "cucm: --%s %s does not fit (--help shows what does)\n",
				long_options[at].name, optarg ? optarg : "");
			return -EINVAL;
		}
	}
	return 0;
}

static int listen_on(struct cucm *cucm, struct listener *l, const struct server_protocol *protocol,
		     unsigned port)
{
	struct sockaddr_in address = cucm->options.listen;
	int r;

	address.sin_port = htons((uint16_t)port);
	*l = (struct listener){.cucm = cucm, .protocol = protocol};
	l->io = (struct loop_fd){.fd = -1, .ready = client_accept, .arg = l};
	r = net_listen(&address, &l->io.fd);
	if (r == 0)
		r = loop_add(&cucm->loop, &l->io, EPOLLIN);
	if (r < 0)
		fprintf(stderr, "cucm: cannot listen on port %u: %s\n", port, strerror(-r));
	return r;
}

static int open_cucm(struct cucm *cucm)
{
	const struct options *o = &cucm->options;
	int r = loop_init(&cucm->loop);

	if (r == 0)
		r = report_open(&cucm->report, o->json, &cucm->loop, o->speed);
	if (r < 0) {
		fprintf(stderr, "cucm: cannot begin: %s\n", strerror(-r));
		return r;
	}
	net_allow_files(65536); // as many as it gets
	if (o->syslog && !(cucm->syslog = fopen(o->syslog, "ae"))) {
		fprintf(stderr, "cucm: cannot write %s: %s\n", o->syslog, strerror(errno));
		return -errno;
	}
	r = listen_on(cucm, &cucm->listeners[0], &server_sccp, o->sccp_port);
	return r < 0 ? r : listen_on(cucm, &cucm->listeners[1], &server_sip, o->sip_port);
}

static void summary(const struct cucm *cucm)
{
	json_t *line = report_begin(&cucm->report, "summary", NULL, NULL, NULL);

	json_object_set_new(line, "node", json_string(cucm->options.name));
	json_object_set_new(line, "registrations", json_integer(cucm->registrations));
	json_object_set_new(line, "keepalives", json_integer(cucm->keepalives));
	json_object_set_new(line, "timeouts", json_integer(cucm->timeouts));
	json_object_set_new(line, "unregistered", json_integer(cucm->unregistered));
	report_end(&cucm->report, line);
}

int main(int argc, char **argv)
{
	struct cucm cucm = {.options = {.name = "pub",
					.json = "-",
					.listen = {.sin_family = AF_INET},
					.sccp_port = SCCP_PORT,
					.sip_port = SIP_PORT,
					.keepalive = 30,
					.secondary = 60,
					.sip_expires = 120,
					.missed = 3,
					.delta = 5,
					.grace = 15,
					.speed = 1}};
	int r;

	if (parse(argc, argv, &cucm.options) < 0)
		return 2;
	if (open_cucm(&cucm) < 0)
		return 1;
	r = loop_run(&cucm.loop, cucm.options.seconds);
	summary(&cucm);
	clients_done(&cucm);
	if (cucm.syslog)
		fclose(cucm.syslog);
	report_close(&cucm.report);
	return r < 0 ? 1 : 0;
}
