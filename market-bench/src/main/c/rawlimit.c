/*
 * rawlimit - the physical floor of WebSocket fan-out on this machine: a single-threaded epoll server that does the
 * HTTP upgrade, keeps rooms as plain arrays of descriptors and writes one pre-encoded frame to every member with
 *   -m write   one write(2) per connection and message
 *   -m writev -k K   collects K messages of a room, then one writev(2) of K frames per connection
 *   -m join -k K     collects K messages, joins them once, then one write(2) of the joined bytes per connection
 *   -m uring   one io_uring SEND submission per connection, submitted in batches of 256 (raw syscalls, no liburing)
 * Protocol (also of the plain peers): text frames  "SUB r1 r2 ..."  (answered "OK")  and  "PUB room payload".
 * A connection that cannot take a whole frame at once is dropped (a floor has no queues); drops are printed at exit.
 * gcc -O2 -Wall -o rawlimit rawlimit.c ; rawlimit -p PORT [-m MODE] [-k K] [-t SECONDS]; port 0 is any free one, and is printed
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

#define MAXFD 70000
#define MAXROOM 1000
#define MAXK 64
struct conn { u8 up; u8 *in; u32 n, cap; };
static struct conn *cs[MAXFD];
struct room { int *fd; u32 n, cap; u32 held; struct iovec iov[MAXK]; u8 buf[MAXK][2048]; };
static struct room rooms[MAXROOM];
static int mode = 0, K = 1, ep;
static u64 drops, sent;

/* ---- SHA-1 and base64 for the handshake ---- */
static void sha1(const u8 *d, size_t n, u8 out[20]) {
	u32 h[5] = { 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0 };
	size_t total = ((n + 8) / 64 + 1) * 64;
	u8 *m = calloc(1, total);
	memcpy(m, d, n);
	m[n] = 0x80;
	for (int i = 0; i < 8; i++) m[total - 1 - i] = (u8)(((u64)n * 8) >> (8 * i));
	for (size_t o = 0; o < total; o += 64) {
		u32 w[80], a = h[0], b = h[1], c = h[2], dd = h[3], e = h[4];
		for (int i = 0; i < 16; i++) w[i] = (u32)m[o + 4 * i] << 24 | m[o + 4 * i + 1] << 16 | m[o + 4 * i + 2] << 8 | m[o + 4 * i + 3];
		for (int i = 16; i < 80; i++) { u32 x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]; w[i] = x << 1 | x >> 31; }
		for (int i = 0; i < 80; i++) {
			u32 f, k;
			if (i < 20) { f = (b & c) | (~b & dd); k = 0x5A827999; }
			else if (i < 40) { f = b ^ c ^ dd; k = 0x6ED9EBA1; }
			else if (i < 60) { f = (b & c) | (b & dd) | (c & dd); k = 0x8F1BBCDC; }
			else { f = b ^ c ^ dd; k = 0xCA62C1D6; }
			u32 t = (a << 5 | a >> 27) + f + e + k + w[i];
			e = dd; dd = c; c = b << 30 | b >> 2; b = a; a = t;
		}
		h[0] += a; h[1] += b; h[2] += c; h[3] += dd; h[4] += e;
	}
	free(m);
	for (int i = 0; i < 5; i++) { out[4 * i] = h[i] >> 24; out[4 * i + 1] = h[i] >> 16; out[4 * i + 2] = h[i] >> 8; out[4 * i + 3] = h[i]; }
}
static void b64(const u8 *d, int n, char *o) {
	static const char t[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (int i = 0; i < n; i += 3) {
		u32 v = d[i] << 16 | (i + 1 < n ? d[i + 1] << 8 : 0) | (i + 2 < n ? d[i + 2] : 0);
		*o++ = t[v >> 18]; *o++ = t[v >> 12 & 63]; *o++ = i + 1 < n ? t[v >> 6 & 63] : '='; *o++ = i + 2 < n ? t[v & 63] : '=';
	}
	*o = 0;
}
static void drop(int fd) {
	struct conn *c = cs[fd];
	if (!c) return;
	for (int r = 0; r < MAXROOM; r++) for (u32 i = 0; i < rooms[r].n; i++) if (rooms[r].fd[i] == fd) { rooms[r].fd[i] = rooms[r].fd[--rooms[r].n]; break; }
	free(c->in); free(c);
	cs[fd] = NULL;
	close(fd);
}
/* ---- io_uring, raw ---- */
static int ufd = -1;
static u32 *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;
static void uring_init(void) {
	struct io_uring_params p;
	memset(&p, 0, sizeof p);
	p.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN;
	ufd = (int)syscall(SYS_io_uring_setup, 512, &p);
	if (ufd < 0) { perror("io_uring_setup"); exit(2); }
	u8 *sq = mmap(0, p.sq_off.array + p.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ufd, IORING_OFF_SQ_RING);
	u8 *cq = mmap(0, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ufd, IORING_OFF_CQ_RING);
	sqes = mmap(0, p.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ufd, IORING_OFF_SQES);
	sq_tail = (u32 *)(sq + p.sq_off.tail); sq_mask = (u32 *)(sq + p.sq_off.ring_mask); sq_array = (u32 *)(sq + p.sq_off.array);
	cq_head = (u32 *)(cq + p.cq_off.head); cq_tail = (u32 *)(cq + p.cq_off.tail); cq_mask = (u32 *)(cq + p.cq_off.ring_mask);
	cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
}
static void uring_flush(u32 n, u32 len) {
	u32 done = 0;
	int r = (int)syscall(SYS_io_uring_enter, ufd, n, n, IORING_ENTER_GETEVENTS, NULL, 0);
	if (r < 0) { perror("io_uring_enter"); exit(2); }
	while (done < n) {
		u32 h = *cq_head;
		if (h == __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE)) { syscall(SYS_io_uring_enter, ufd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0); continue; }
		struct io_uring_cqe *c = &cqes[h & *cq_mask];
		if (c->res != (int)len) { drops++; drop((int)c->user_data); } else sent++;
		__atomic_store_n(cq_head, h + 1, __ATOMIC_RELEASE);
		done++;
	}
}
static void uring_send_all(struct room *r, u8 *b, u32 len) {
	u32 q = 0;
	u32 total = r->n;
	int *fds = malloc(total * sizeof(int));
	memcpy(fds, r->fd, total * sizeof(int));
	for (u32 i = 0; i < total; i++) {
		u32 t = *sq_tail, ix = t & *sq_mask;
		struct io_uring_sqe *s = &sqes[ix];
		memset(s, 0, sizeof *s);
		s->opcode = IORING_OP_SEND; s->fd = fds[i]; s->addr = (u64)(uintptr_t)b; s->len = len; s->msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL; s->user_data = (u64)fds[i];
		sq_array[ix] = ix;
		__atomic_store_n(sq_tail, t + 1, __ATOMIC_RELEASE);
		if (++q == 256) { uring_flush(q, len); q = 0; }
	}
	if (q) uring_flush(q, len);
	free(fds);
}

static void publish(struct room *r, const u8 *p, u32 n) {
	u8 *f = r->buf[r->held];
	u32 h = 0;
	f[h++] = 0x81;
	if (n < 126) f[h++] = (u8)n; else { f[h++] = 126; f[h++] = (u8)(n >> 8); f[h++] = (u8)n; }
	memcpy(f + h, p, n);
	r->iov[r->held].iov_base = f; r->iov[r->held].iov_len = h + n;
	r->held++;
	if ((int)r->held < K) return;
	u32 k = r->held, total = 0;
	r->held = 0;
	for (u32 i = 0; i < k; i++) total += (u32)r->iov[i].iov_len;
	u8 *b = f;
	static u8 joined[MAXK * 2048];
	if (mode == 2) { b = joined; u32 o = 0; for (u32 i = 0; i < k; i++) { memcpy(b + o, r->iov[i].iov_base, r->iov[i].iov_len); o += (u32)r->iov[i].iov_len; } }
	if (mode == 3) { uring_send_all(r, f, total); return; }
	for (u32 i = 0; i < r->n; i++) {
		int fd = r->fd[i];
		ssize_t w = mode == 1 ? writev(fd, r->iov, (int)k) : write(fd, b, total);
		if (w != (ssize_t)total) { drops++; drop(fd); i--; } else sent += k;
	}
}
static void on_msg(int fd, u8 *p, u32 n) {
	p[n] = 0; /* caller leaves room */
	if (n > 4 && !memcmp(p, "PUB ", 4)) {
		char *sp = memchr(p + 4, ' ', n - 4);
		if (!sp) return;
		int r = atoi((char *)p + 4) % MAXROOM;
		publish(&rooms[r], (u8 *)sp + 1, n - (u32)((u8 *)sp + 1 - p));
	} else if (n > 4 && !memcmp(p, "SUB ", 4)) {
		for (char *t = strtok((char *)p + 4, " "); t; t = strtok(NULL, " ")) {
			struct room *r = &rooms[atoi(t) % MAXROOM];
			if (r->n == r->cap) { r->cap = r->cap ? r->cap * 2 : 64; r->fd = realloc(r->fd, r->cap * sizeof(int)); }
			r->fd[r->n++] = fd;
		}
		if (write(fd, "\x81\x02OK", 4) < 0) drop(fd);
	}
}
static void on_bytes(int fd) {
	struct conn *c = cs[fd];
	for (;;) {
		if (c->cap - c->n < 4096) { c->cap = c->cap ? c->cap * 2 : 8192; c->in = realloc(c->in, c->cap + 1); }
		ssize_t r = read(fd, c->in + c->n, c->cap - c->n);
		if (r <= 0) { if (r == 0 || (errno != EAGAIN && errno != EINTR)) { drop(fd); return; } break; }
		c->n += (u32)r;
		if (c->n < c->cap) break;
	}
	u32 o = 0;
	if (!c->up) {
		u8 *e = memmem(c->in, c->n, "\r\n\r\n", 4);
		if (!e) return;
		*e = 0;
		char *k = strcasestr((char *)c->in, "Sec-WebSocket-Key:");
		if (!k) { drop(fd); return; }
		k += 18;
		while (*k == ' ') k++;
		char key[128], acc[64], resp[256];
		u8 dg[20];
		int kl = (int)strcspn(k, "\r\n");
		int n = snprintf(key, sizeof key, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", kl, k);
		sha1((u8 *)key, n, dg);
		b64(dg, 20, acc);
		n = snprintf(resp, sizeof resp, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", acc);
		if (write(fd, resp, n) != n) { drop(fd); return; }
		c->up = 1;
		o = (u32)(e + 4 - c->in);
	}
	while (c->n - o >= 2) {
		u8 *p = c->in + o;
		u32 h = 2, len = p[1] & 127;
		if (len == 126) { if (c->n - o < 4) break; len = (u32)p[2] << 8 | p[3]; h = 4; }
		u8 *key = p + h;
		h += 4;
		if (c->n - o < h + len) break;
		for (u32 i = 0; i < len; i++) p[h + i] ^= key[i & 3];
		u8 save = p[h + len];
		int op = p[0] & 15;
		if (op == 8) { drop(fd); return; }
		if (op == 1 || op == 2) on_msg(fd, p + h, len);
		if (!cs[fd]) return;
		p[h + len] = save;
		o += h + len;
	}
	memmove(c->in, c->in + o, c->n - o);
	c->n -= o;
	if (!c->n && c->cap > 8192) { free(c->in); c->in = NULL; c->cap = 0; }
	else if (!c->n) { free(c->in); c->in = NULL; c->cap = 0; }
}
static void bye(int s) { (void)s; fprintf(stderr, "rawlimit: sent %llu drops %llu\n", (unsigned long long)sent, (unsigned long long)drops); _exit(0); }
int main(int argc, char **argv) {
	int port = 9001, secs = 600, o;
	while ((o = getopt(argc, argv, "p:m:k:t:")) != -1) switch (o) {
		case 'p': port = atoi(optarg); break;
		case 'm': mode = !strcmp(optarg, "writev") ? 1 : !strcmp(optarg, "join") ? 2 : !strcmp(optarg, "uring") ? 3 : 0; break;
		case 'k': K = atoi(optarg); if (K < 1 || K > MAXK) return 2; break;
		case 't': secs = atoi(optarg); break;
		default: return 2;
	}
	signal(SIGPIPE, SIG_IGN); signal(SIGTERM, bye); signal(SIGINT, bye); signal(SIGALRM, bye);
	alarm((unsigned)secs);
	struct rlimit rl;
	getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
	if (mode == 3) { K = 1; uring_init(); }
	int ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
	setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(ls, (void *)&a, sizeof a) || listen(ls, 4096)) { perror("bind"); return 2; }
	socklen_t al = sizeof a;
	getsockname(ls, (void *)&a, &al);
	printf("rawlimit: port %d\n", ntohs(a.sin_port));
	fflush(stdout);
	ep = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = ls };
	epoll_ctl(ep, EPOLL_CTL_ADD, ls, &ev);
	for (;;) {
		struct epoll_event evs[256];
		int n = epoll_wait(ep, evs, 256, -1);
		for (int i = 0; i < n; i++) {
			int fd = evs[i].data.fd;
			if (fd == ls) {
				int c;
				while ((c = accept4(ls, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
					if (c >= MAXFD) { close(c); continue; }
					setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
					cs[c] = calloc(1, sizeof **cs);
					struct epoll_event e = { .events = EPOLLIN, .data.fd = c };
					epoll_ctl(ep, EPOLL_CTL_ADD, c, &e);
				}
			} else if (cs[fd]) on_bytes(fd);
		}
	}
}
