/*
 * An NFS load over TCP: CONNECTIONS x DEPTH lanes, each a client that sends the calls of a script one
 * after another, over and over, for a number of SECONDS.
 *
 * The script (standard input) is made by benchmarks/workload.py: for each call a 32-bit length, then
 * the RPC message without its record mark.  Three kinds of holes are filled for each lane:
 *   16 bytes "@@@@@@@@@@@@@@@@"  a name that is new in each round (hexadecimal: lane, then round)
 *   32 bytes of 0xfe             the file handle that the last CREATE of this lane returned
 *   4 bytes of 0xfd              four times the number of the lane, the low half of an offset
 * A call's first four bytes (its xid) are overwritten; the top bit of its length marks a CREATE, the
 * next one an NLM call with an empty cookie, so that the status is behind that in the reply.
 *
 * Prints one line of JSON: calls, rounds, failed calls (any status not zero), bytes, seconds,
 * and the latency of calls in microseconds (median, 99 %, largest).
 *
 *   load HOST PORT CONNECTIONS DEPTH SECONDS ROUNDS [separate]
 *
 * ROUNDS > 0 ends a lane after that many rounds, if SECONDS have not ended it before.  With "separate" every
 * call is a segment of its own, as many real clients send them; otherwise calls that are due together
 * leave together.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CALLS_MAX = 64, HANDLE = 32, NAME = 16, REPLY_HEAD = 24, BUCKETS = 1 << 20 };

struct call { uint8_t *bytes; uint32_t length; int creates, status_at, name_at, handle_at, offset_at; };
struct lane { int connection, next, active; uint32_t round; double sent; uint8_t handle[HANDLE]; };
struct connection {
	int fd;
	uint8_t *out; size_t out_used, out_sent, out_size;
	uint8_t *in; size_t in_used, in_size;
};

static struct call calls[CALLS_MAX];
static int call_count, separate;
static uint32_t first_round;	/* by the clock: no two runs use the same names and xids */
static struct lane *lanes;
static struct connection *connections;
static int lane_count, connection_count;
static uint64_t done_calls, done_rounds, failed, bytes_in, bytes_out;
static uint32_t latency[BUCKETS];	/* by microsecond */
static double latest;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int find(const uint8_t *bytes, uint32_t length, const uint8_t *hole, uint32_t size)
{
	for (uint32_t i = 0; i + size <= length; i += 4)
		if (!memcmp(bytes + i, hole, size))
			return i;
	return -1;
}

static void read_script(void)
{
	uint32_t word;
	uint8_t handle_hole[HANDLE];
	memset(handle_hole, 0xfe, HANDLE);
	while (fread(&word, 4, 1, stdin) == 1) {
		if (call_count == CALLS_MAX) {
			fprintf(stderr, "too many calls in the script\n");
			exit(1);
		}
		struct call *c = &calls[call_count++];
		word = ntohl(word);
		c->creates = word >> 31;
		c->status_at = word & 0x40000000 ? REPLY_HEAD + 4 : REPLY_HEAD;
		c->length = word & 0x3fffffff;
		c->bytes = malloc(c->length);
		if (!c->bytes || fread(c->bytes, 1, c->length, stdin) != c->length)
			die("script");
		c->name_at = find(c->bytes, c->length, (const uint8_t *)"@@@@@@@@@@@@@@@@", NAME);
		c->handle_at = find(c->bytes, c->length, handle_hole, HANDLE);
		c->offset_at = find(c->bytes, c->length, (const uint8_t *)"\xfd\xfd\xfd\xfd", 4);
	}
}

static int open_connection(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	if (getaddrinfo(host, port, &hints, &found)) {
		fprintf(stderr, "no such host: %s\n", host);
		exit(1);
	}
	int fd = socket(found->ai_family, SOCK_STREAM, 0), on = 1, big = 4 << 20;
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
	for (int port = 1023; port > 600; port--) {	/* a reserved port where we may have one */
		struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(port) };
		if (found->ai_family != AF_INET || !bind(fd, (struct sockaddr *)&from, sizeof from) || errno == EACCES)
			break;
	}
	if (connect(fd, found->ai_addr, found->ai_addrlen))
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	freeaddrinfo(found);
	return fd;
}

static void flush(struct connection *c)
{
	while (c->out_sent < c->out_used) {
		ssize_t n = send(c->fd, c->out + c->out_sent, c->out_used - c->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			die("send");
		c->out_sent += n;
		bytes_out += n;
	}
	c->out_used = c->out_sent = 0;
}

static void send_call(int number)
{
	struct lane *l = &lanes[number];
	struct connection *c = &connections[l->connection];
	const struct call *k = &calls[l->next];
	size_t need = c->out_used + 4 + k->length;
	if (need > c->out_size) {
		c->out_size = need * 2;
		if (!(c->out = realloc(c->out, c->out_size)))
			die("realloc");
	}
	uint8_t *at = c->out + c->out_used;
	uint32_t mark = htonl(0x80000000u | k->length), xid = htonl(number);
	memcpy(at, &mark, 4);
	memcpy(at + 4, k->bytes, k->length);
	/* Each call needs an xid of its own, or the server's replay cache answers it. */
	xid = htonl((uint32_t)number | (uint32_t)((l->round * call_count + l->next) << 12));
	memcpy(at + 4, &xid, 4);
	if (k->name_at >= 0) {
		char name[NAME + 1];
		snprintf(name, sizeof name, "%06x%010x", number & 0xffffff, l->round);
		memcpy(at + 4 + k->name_at, name, NAME);
	}
	if (k->handle_at >= 0)
		memcpy(at + 4 + k->handle_at, l->handle, HANDLE);
	if (k->offset_at >= 0) {
		uint32_t offset = htonl(4 * (uint32_t)number);
		memcpy(at + 4 + k->offset_at, &offset, 4);
	}
	c->out_used = need;
	l->sent = latest;
	if (separate)
		flush(c);
}

static void take_reply(const uint8_t *reply, uint32_t length, int more, uint32_t rounds_max)
{
	uint32_t word[REPLY_HEAD / 4], status = 0;
	if (length < REPLY_HEAD) {
		fprintf(stderr, "short reply\n");
		exit(1);
	}
	memcpy(word, reply, REPLY_HEAD);
	int number = ntohl(word[0]) & 0xfff;
	struct lane *l = &lanes[number];
	int status_at = calls[l->next].status_at;
	if (length >= status_at + 4u)
		memcpy(&status, reply + status_at, 4);
	if (word[2] || word[5] || status)
		failed++;
	else if (calls[l->next].creates && length >= REPLY_HEAD + 12 + HANDLE)
		memcpy(l->handle, reply + REPLY_HEAD + 12, HANDLE);
	done_calls++;
	uint32_t took = (latest - l->sent) * 1e6;
	latency[took < BUCKETS ? took : BUCKETS - 1]++;
	if (++l->next == call_count) {
		l->next = 0;
		l->round++;
		done_rounds++;
		more = more && (!rounds_max || l->round - first_round < rounds_max);
	}
	if (more)
		send_call(number);
	else
		l->active = 0;
}

static void receive(struct connection *c, int more, uint32_t rounds_max)
{
	ssize_t n = recv(c->fd, c->in + c->in_used, c->in_size - c->in_used, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fprintf(stderr, "the server closed the connection\n");
		exit(1);
	}
	bytes_in += n;
	c->in_used += n;
	size_t at = 0;
	while (c->in_used - at >= 4) {
		uint32_t mark;
		memcpy(&mark, c->in + at, 4);
		mark = ntohl(mark) & 0x7fffffff;
		if (mark + 4 > c->in_size && !(c->in = realloc(c->in, c->in_size = mark + 65536)))
			die("realloc");
		if (c->in_used - at < 4 + mark)
			break;
		take_reply(c->in + at + 4, mark, more, rounds_max);
		at += 4 + mark;
	}
	memmove(c->in, c->in + at, c->in_used -= at);
}

static uint32_t percentile(double share)
{
	uint64_t seen = 0;
	for (uint32_t i = 0; i < BUCKETS; i++)
		if ((seen += latency[i]) >= share * done_calls && seen)
			return i;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 7) {
		fprintf(stderr, "usage: load HOST PORT CONNECTIONS DEPTH SECONDS ROUNDS [separate]\n");
		return 2;
	}
	connection_count = atoi(argv[3]);
	lane_count = connection_count * atoi(argv[4]);
	double seconds = atof(argv[5]);
	uint32_t rounds_max = strtoul(argv[6], NULL, 10);
	separate = argc > 7;
	read_script();
	if (lane_count < 1 || lane_count > 4096 || !call_count) {
		fprintf(stderr, "1 to 4096 lanes and a script are needed\n");
		return 2;
	}
	lanes = calloc(lane_count, sizeof *lanes);
	connections = calloc(connection_count, sizeof *connections);
	struct pollfd *polled = calloc(connection_count, sizeof *polled);
	for (int i = 0; i < connection_count; i++) {
		connections[i].fd = polled[i].fd = open_connection(argv[1], argv[2]);
		connections[i].in = malloc(connections[i].in_size = 4 << 20);
	}
	struct timespec wall;
	clock_gettime(CLOCK_REALTIME, &wall);
	/* 256 numbers for each millisecond, far more than a lane has rounds. */
	first_round = (uint32_t)(wall.tv_sec * 1000 + wall.tv_nsec / 1000000) << 8;
	double began = latest = now();
	for (int i = 0; i < lane_count; i++) {
		lanes[i].connection = i % connection_count;
		lanes[i].active = 1;
		lanes[i].round = first_round;
		send_call(i);
	}
	for (int active = 1; active;) {
		for (int i = 0; i < connection_count; i++) {
			flush(&connections[i]);
			polled[i].events = POLLIN | (connections[i].out_used ? POLLOUT : 0);
		}
		if (poll(polled, connection_count, 10000) == 0) {
			fprintf(stderr, "no reply within 10 s\n");
			return 1;
		}
		latest = now();
		for (int i = 0; i < connection_count; i++)
			if (polled[i].revents & (POLLIN | POLLHUP | POLLERR))
				receive(&connections[i], latest - began < seconds, rounds_max);
		active = 0;
		for (int i = 0; i < lane_count; i++)
			active |= lanes[i].active;
	}
	printf("{\"calls\": %llu, \"rounds\": %llu, \"failed\": %llu, \"bytes_in\": %llu, \"bytes_out\": %llu, "
	       "\"seconds\": %.6f, \"latency_us\": {\"median\": %u, \"p99\": %u, \"max\": %u}}\n",
	       (unsigned long long)done_calls, (unsigned long long)done_rounds, (unsigned long long)failed,
	       (unsigned long long)bytes_in, (unsigned long long)bytes_out, latest - began,
	       percentile(0.5), percentile(0.99), percentile(1.0));
	return 0;
}
