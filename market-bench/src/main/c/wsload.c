/*
 * wsload - broadcast fan-out load generator and meter for WebSocket servers.
 *
 * One epoll thread holds N WebSocket subscribers (edge triggered, one recv() per event, frames parsed in
 * place, no per-message allocation). Every 10th connection is "prompt": polled every 500 us, its messages give the latency;
 * the others are read every 30 ms, several messages a recv(), so that one recv() and one ACK serve several messages
 * (--prompt-every 1 makes all of them prompt); one publisher thread sends R messages/s on an open-loop schedule and
 * stamps each with its *scheduled* time, so lateness of the publisher or of the server counts as latency.
 * A "delivered message" is one occurrence of the marker ("T":<digits>) in a received data frame, so servers
 * that pack several messages into one frame or one TCP segment are counted by message, not by frame.
 *
 * gcc -O2 -Wall -o wsload wsload.c -lpthread          (libc only)
 * gcc -O2 -Wall -DHAVE_ZLIB -o wsload wsload.c -lpthread -lz   (with --deflate, inflates on every 50th connection: latency and loss are of
 * these, all others are counted by frame)
 *
 * --stall SECS connects and subscribes, then reads nothing for SECS and ends: the slow readers of a test.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

enum { ST_FREE, ST_CONNECTING, ST_UPGRADING, ST_SCRIPT, ST_READY, ST_DEAD };
enum { K_SEND, K_BIN, K_WAIT, K_CAP };

struct step { int kind; char *a; int alen; char *b; };
struct rule { int exact; int bin; char *pat; int plen; char *reply; int rlen; };
struct script { struct step s[32]; int n; struct rule r[16]; int nr; };

struct conn {
	int fd;
	u32 idx;
	u8 state, step;
	u8 deflate;
	char *cap;      /* captured handshake value */
	u8 *carry;      /* incomplete frame bytes */
	u32 carrylen, carrycap;
	u64 msgs;
	void *z;
};

/* ---- options ---- */
static const char *o_host = "127.0.0.1", *o_path = "/", *o_label = "", *o_out = NULL, *o_proto = NULL;
static const char *o_idle_flag = NULL; /* file made once all connections are held idle */
static int o_port = 8080, o_conns = 100, o_inflight = 128, o_deflate = 0, o_mixed = 0, o_rooms = 1, o_verbose = 0;
static int o_prompt_every = 10, o_lazy_ms = 30, o_poll_us = 500, o_hold = 0, o_stall = 0, o_rcvbuf = 0, o_pin = -1;
static double o_warm = 2, o_secs = 8, o_drain = 1.5, o_fanout = -1;
static const char *o_headers[16];
static int o_nheaders;
static const char *o_pub_path = NULL, *o_pub_proto = NULL;
static int o_pub_port = 0, o_pub_raw = 0, o_pub_bin = 0, o_pub_burst = 1;
static double o_rate = 0;
static char *o_pub_msg = NULL;
static int o_pub_len;
static const char *o_marker = "\"T\":";
static int marker_len;
static int o_pids[64], o_npids;
static struct script sub_script, pub_script;

/* ---- state ---- */
static struct conn *conns;
static int ep, ep_lazy; /* prompt connections (and all during the ramp) / the rest, looked at every o_lazy_ms */
static int sampling = 0;
static volatile int g_stop = 0;
static u32 n_open, n_ready, n_lost, n_failed, n_next, n_inflight;
static u64 c_msgs, c_frames, c_bytes, c_recv, c_other, c_ping, c_wake, c_bad;
static u64 win_t0_us, win_t1_us;  /* realtime window for T-based accounting */
static u64 c_in_window;           /* delivered messages whose T lies in the window */
static volatile u64 pub_in_window;
static u64 pub_total, pub_late_max_us;
static volatile int pub_passed = 0; /* the publisher is beyond the window */
static double pub_cpu_s;
static u64 first_rx_us, last_rx_us;

static u64 now_us(void) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); return (u64)t.tv_sec * 1000000u + t.tv_nsec / 1000; }
static double mono(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static double thread_cpu(void) { struct timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static void die(const char *f, ...) { va_list a; va_start(a, f); vfprintf(stderr, f, a); va_end(a); fputc('\n', stderr); exit(2); }

/* ---- latency histogram: 64 sub-buckets per power of two (<1.6 % error), microseconds ---- */
#define SUB 64
static u64 hist[64 * SUB];
static u64 hist_n, hist_max;
static double hist_sum;
static inline int hbucket(u64 v) {
	if (v < SUB) return (int)v;
	int e = 63 - __builtin_clzll(v);
	return (e - 5) * SUB + (int)((v >> (e - 6)) & (SUB - 1));
}
static u64 hvalue(int b) {
	if (b < SUB) return b;
	int e = b / SUB + 5, m = b % SUB;
	return ((u64)1 << e) + ((u64)m << (e - 6)) + ((u64)1 << (e - 6)) / 2;
}
static u64 pct(double p) {
	u64 want = (u64)(hist_n * p + 0.5), acc = 0;
	if (!hist_n) return 0;
	for (int i = 0; i < 64 * SUB; i++) { acc += hist[i]; if (acc >= want && acc) return hvalue(i) < hist_max ? hvalue(i) : hist_max; }
	return hist_max;
}

/* ---- template rendering ---- */
static int room_of(u32 idx, int j) { return (int)((idx * 7u + (u32)j * 41u) % (u32)o_rooms); }
static int unescape(const char *in, char *out) { /* \n \r \t \\ \xHH, keeps %-codes; returns length */
	int n = 0;
	while (*in) {
		if (*in == '\\' && in[1]) {
			in++;
			switch (*in) {
			case 'n': out[n++] = '\n'; in++; break;
			case 'r': out[n++] = '\r'; in++; break;
			case 't': out[n++] = '\t'; in++; break;
			case 'x': { char h[3] = { in[1], in[2], 0 }; out[n++] = (char)strtol(h, 0, 16); in += 3; break; }
			default: out[n++] = *in++;
			}
		} else out[n++] = *in++;
	}
	return n;
}
static int render(char *out, int cap, const char *t, int tl, u32 idx, const char *capv, u64 T, u64 seq) {
	int n = 0;
	for (int i = 0; i < tl && n < cap - 64; i++) {
		if (t[i] != '%' || i + 1 >= tl) { out[n++] = t[i]; continue; }
		char c = t[++i];
		switch (c) {
		case '%': out[n++] = '%'; break;
		case 'd': n += sprintf(out + n, "%u", idx); break;
		case 'c': if (capv) { int l = (int)strlen(capv); if (n + l < cap - 64) { memcpy(out + n, capv, l); n += l; } } break;
		case 'R': { int j = (i + 1 < tl && isdigit((u8)t[i + 1])) ? t[++i] - '0' : 0; n += sprintf(out + n, "%03d", room_of(idx, j)); break; }
		case 'r': n += sprintf(out + n, "%03d", (int)(seq % (u64)o_rooms)); break;
		case 'T': n += sprintf(out + n, "%llu", (unsigned long long)T); break;
		case 'S': n += sprintf(out + n, "%llu", 100000000ull + seq); break;
		case 'n': n += sprintf(out + n, "%llu", (unsigned long long)seq); break;
		default: out[n++] = '%'; out[n++] = c;
		}
	}
	return n;
}
static void load_script(const char *file, struct script *sc) {
	FILE *f = fopen(file, "r");
	if (!f) die("cannot open %s", file);
	char line[8192];
	while (fgets(line, sizeof line, f)) {
		size_t l = strlen(line);
		while (l && (line[l - 1] == '\n' || line[l - 1] == '\r')) line[--l] = 0;
		if (!l || line[0] == '#') continue;
		char *sp = strchr(line, ' ');
		if (!sp) die("bad script line: %s", line);
		*sp++ = 0;
		char *buf = malloc(strlen(sp) + 1);
		if (!strcmp(line, "send") || !strcmp(line, "bin") || !strcmp(line, "wait")) {
			struct step *s = &sc->s[sc->n++];
			s->kind = line[0] == 's' ? K_SEND : line[0] == 'b' ? K_BIN : K_WAIT;
			s->a = buf; s->alen = unescape(sp, buf);
		} else if (!strcmp(line, "cap")) { /* cap START|ENDCHAR */
			struct step *s = &sc->s[sc->n++];
			char *bar = strrchr(sp, '|');
			if (!bar) die("cap needs START|END");
			*bar = 0;
			s->kind = K_CAP; s->a = buf; s->alen = unescape(sp, buf); s->b = strdup(bar + 1);
		} else if (!strcmp(line, "on") || !strcmp(line, "onx") || !strcmp(line, "onbin")) {
			struct rule *r = &sc->r[sc->nr++];
			char *ar = strstr(sp, " => ");
			if (!ar) die("rule needs =>");
			*ar = 0;
			r->exact = line[2] == 'x'; r->bin = line[2] == 'b';
			r->pat = buf; r->plen = unescape(sp, buf);
			r->reply = malloc(strlen(ar + 4) + 1); r->rlen = unescape(ar + 4, r->reply);
		} else die("unknown script verb %s", line);
	}
	fclose(f);
}

/* ---- sending ---- */
static int ws_encode(u8 *out, int op, const char *p, int n) { /* masked client frame */
	static const u8 key[4] = { 0x37, 0xfa, 0x21, 0x3d };
	int h = 0;
	out[h++] = 0x80 | op;
	if (n < 126) out[h++] = 0x80 | n;
	else { out[h++] = 0x80 | 126; out[h++] = n >> 8; out[h++] = n & 255; }
	memcpy(out + h, key, 4); h += 4;
	for (int i = 0; i < n; i++) out[h + i] = (u8)p[i] ^ key[i & 3];
	return h + n;
}
static int send_all(int fd, const void *b, int n) {
	const char *p = b;
	while (n > 0) {
		ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
		if (w < 0) {
			if (errno == EINTR) continue;
			if (errno == EAGAIN) { usleep(200); if (g_stop) return -1; continue; }
			return -1;
		}
		p += w; n -= (int)w;
	}
	return 0;
}
static int ws_send(int fd, int op, const char *p, int n) {
	u8 b[16384];
	if (n > 16000) die("frame too long");
	return send_all(fd, b, ws_encode(b, op, p, n));
}
static int send_tpl(struct conn *c, int bin, const char *t, int tl) {
	char b[12000];
	int n = render(b, sizeof b, t, tl, c->idx, c->cap, 0, 0);
	if (o_verbose > 1) fprintf(stderr, "[%u] -> %.*s\n", c->idx, n, b);
	return ws_send(c->fd, bin ? 2 : 1, b, n);
}
static int upgrade_text(char *b, int cap, const char *path, const char *proto, int port, u32 idx, int deflate) {
	char p[2048];
	int pl = render(p, sizeof p, path, (int)strlen(path), idx, NULL, 0, 0);
	int n = snprintf(b, cap, "GET %.*s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://%s:%d\r\n", pl, p, o_host, port, o_host, port);
	if (proto) n += snprintf(b + n, cap - n, "Sec-WebSocket-Protocol: %s\r\n", proto);
	if (deflate) n += snprintf(b + n, cap - n, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
	for (int i = 0; i < o_nheaders; i++) n += snprintf(b + n, cap - n, "%s\r\n", o_headers[i]);
	n += snprintf(b + n, cap - n, "\r\n");
	return n;
}

/* ---- connection life ---- */
static void conn_lost(struct conn *c, const char *why) {
	if (c->state == ST_DEAD) return;
	if (c->state == ST_READY) n_lost++; else { n_failed++; n_inflight--; }
	if (o_verbose || n_lost + n_failed < 4) fprintf(stderr, "conn %u lost in state %d: %s (%s)\n", c->idx, c->state, why, strerror(errno));
	c->state = ST_DEAD;
	close(c->fd);
	c->fd = -1;
}
static void run_script(struct conn *c) { /* runs send steps until a wait or the end */
	while (c->step < sub_script.n) {
		struct step *s = &sub_script.s[c->step];
		if (s->kind == K_WAIT || s->kind == K_CAP) return;
		if (send_tpl(c, s->kind == K_BIN, s->a, s->alen) < 0) { conn_lost(c, "send"); return; }
		c->step++;
	}
	if (c->state == ST_SCRIPT) { c->state = ST_READY; n_ready++; n_inflight--; }
}
static void on_control(struct conn *c, u8 *p, u32 n) { /* a message without a marker, or any message with --mixed */
	if (o_verbose > 1) fprintf(stderr, "[%u] <- %.*s\n", c->idx, (int)n, p);
	int was_ready = c->state == ST_READY; /* rules answer only after the handshake script is through */
	if (c->state == ST_SCRIPT && c->step < sub_script.n) {
		struct step *s = &sub_script.s[c->step];
		u8 *h = s->alen == 1 && s->a[0] == '*' ? p : memmem(p, n, s->a, s->alen);
		if (h) {
			if (s->kind == K_CAP) {
				u8 *v = h + s->alen, *e = v;
				while (e < p + n && *e != (u8)s->b[0]) e++;
				free(c->cap);
				c->cap = strndup((char *)v, e - v);
			}
			c->step++;
			run_script(c);
			if (c->state == ST_DEAD) return;
		}
	}
	for (int i = 0; was_ready && i < sub_script.nr; i++) {
		struct rule *r = &sub_script.r[i];
		int hit = r->exact ? ((int)n == r->plen && !memcmp(p, r->pat, n)) : memmem(p, n, r->pat, r->plen) != NULL;
		if (hit && send_tpl(c, r->bin, r->reply, r->rlen) < 0) { conn_lost(c, "reply"); return; }
	}
}
static u32 hint = 0; /* where the marker was last time: almost always right */
static inline void on_data(struct conn *c, u8 *p, u32 n, u64 now) {
	u8 *e = p + n, *q = p;
	int found = 0;
	if (hint + marker_len < n && !memcmp(p + hint, o_marker, marker_len)) q = p + hint;
	else q = memmem(p, n, o_marker, marker_len);
	while (q) {
		if (!found) hint = (u32)(q - p);
		found++;
		u64 T = 0;
		int d = 0;
		q += marker_len;
		while (q < e && *q == '"') q++;
		while (q < e && (u8)(*q - '0') < 10) { T = T * 10 + (*q++ - '0'); d++; }
		if (d == 13) T *= 1000; else if (d == 19) T /= 1000;
		if (T >= win_t0_us && T < win_t1_us) {
			u64 lat = now > T ? now - T : 0;
			if (sampling) { hist[hbucket(lat)]++; hist_n++; hist_sum += lat; if (lat > hist_max) hist_max = lat; }
			c_in_window++;
		}
		q = (e - q > 100) ? memmem(q, e - q, o_marker, marker_len) : NULL;
	}
	c_msgs += found;
	c->msgs += found;
	if (!found || o_mixed) { if (!found) c_other++; on_control(c, p, n); }
}
#define INFLATE_EVERY 50
#ifdef HAVE_ZLIB
static u8 zout[1 << 20];
static void on_deflated(struct conn *c, u8 *p, u32 n, u64 now) {
	if (c->idx % INFLATE_EVERY) { c_msgs++; c->msgs++; return; } /* counted by frame; its time is not known */
	z_stream *z = c->z;
	if (!z) { z = calloc(1, sizeof *z); inflateInit2(z, -15); c->z = z; }
	z->next_in = p; z->avail_in = n; z->next_out = zout; z->avail_out = sizeof zout;
	int rc = inflate(z, Z_SYNC_FLUSH);
	z->next_in = (u8 *)"\x00\x00\xff\xff"; z->avail_in = 4;
	rc = inflate(z, Z_SYNC_FLUSH);
	if (rc != Z_OK && rc != Z_BUF_ERROR) { c_bad++; return; }
	on_data(c, zout, (u32)(sizeof zout - z->avail_out), now);
}
#else
static void on_deflated(struct conn *c, u8 *p, u32 n, u64 now) { (void)p; (void)n; (void)now; c_msgs++; c->msgs++; }
#endif

static u8 rbuf[1 << 20];
static void parse(struct conn *c, u8 *p, u32 n, u64 now) { /* p: bytes available, whole frames consumed, rest carried */
	if (c->state == ST_UPGRADING) {
		u8 *e = memmem(p, n, "\r\n\r\n", 4);
		if (!e) goto carry;
		*e = 0;
		if (!memmem(p, e - p, " 101 ", 5)) { if (n_failed < 3) fprintf(stderr, "upgrade refused: %.200s\n", p); conn_lost(c, "upgrade"); return; }
		c->deflate = strcasestr((char *)p, "permessage-deflate") != NULL;
		e += 4;
		n -= (u32)(e - p); p = e;
		c->state = ST_SCRIPT;
		run_script(c);
		if (c->state == ST_DEAD) return;
	}
	while (n >= 2) {
		u32 h = 2;
		u64 len = p[1] & 127;
		if (len == 126) { if (n < 4) break; len = ((u32)p[2] << 8) | p[3]; h = 4; }
		else if (len == 127) { if (n < 10) break; len = 0; for (int i = 2; i < 10; i++) len = len << 8 | p[i]; h = 10; }
		if (len > sizeof rbuf - 65536) { conn_lost(c, "huge frame"); return; }
		if (n < h + len) break;
		u8 op = p[0] & 15;
		if (op <= 2) { c_frames++; if (p[0] & 0x40) on_deflated(c, p + h, (u32)len, now); else on_data(c, p + h, (u32)len, now); }
		else if (op == 9) { c_ping++; ws_send(c->fd, 10, (char *)p + h, (int)len); }
		else if (op == 8) {
			if (n_lost + n_failed < 4) fprintf(stderr, "close frame code %d %.*s\n", len >= 2 ? p[h] << 8 | p[h + 1] : 0, len > 2 ? (int)len - 2 : 0, p + h + 2);
			conn_lost(c, "close frame"); return;
		}
		if (c->state == ST_DEAD) return;
		p += h + len; n -= h + (u32)len;
	}
carry:
	if (n > c->carrycap) { c->carrycap = n < 512 ? 512 : n * 2; c->carry = realloc(c->carry, c->carrycap); }
	if (n) memmove(c->carry, p, n);
	c->carrylen = n;
}
static void do_read(struct conn *c) {
	for (;;) {
		u32 off = c->carrylen;
		if (off) memcpy(rbuf, c->carry, off);
		u32 cap = (u32)sizeof rbuf - 1 - off;
		if (cap > 262144) cap = 262144;
		ssize_t r = recv(c->fd, rbuf + off, cap, 0);
		if (r < 0) { if (errno == EAGAIN || errno == EINTR) return; conn_lost(c, "recv"); return; }
		if (r == 0) { errno = 0; conn_lost(c, "eof"); return; }
		c_recv++; c_bytes += (u64)r;
		u64 now = now_us();
		if (!first_rx_us) first_rx_us = now;
		last_rx_us = now;
		c->carrylen = 0;
		parse(c, rbuf, off + (u32)r, now);
		if (c->state == ST_DEAD || (u32)r < cap) return;
	}
}
static void start_conn(u32 i) {
	struct conn *c = &conns[i];
	c->idx = i;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0) die("socket: %s", strerror(errno));
	int one = 1;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (o_rcvbuf) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &o_rcvbuf, sizeof o_rcvbuf);
	struct sockaddr_in s = { .sin_family = AF_INET };
	char src[32];
	snprintf(src, sizeof src, "127.0.0.%u", 1 + i / 10000);
	inet_pton(AF_INET, src, &s.sin_addr);
	setsockopt(c->fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, sizeof one);
	if (i >= 10000 && bind(c->fd, (void *)&s, sizeof s)) die("bind %s", src);
	struct sockaddr_in d = { .sin_family = AF_INET, .sin_port = htons(o_port) };
	inet_pton(AF_INET, o_host, &d.sin_addr);
	c->state = ST_CONNECTING;
	n_inflight++;
	n_open++;
	if (connect(c->fd, (void *)&d, sizeof d) && errno != EINPROGRESS) { conn_lost(c, "connect"); return; }
	struct epoll_event ev = { .events = EPOLLOUT | EPOLLET, .data.u32 = i };
	epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
}
static void do_connected(struct conn *c) {
	int err = 0;
	socklen_t l = sizeof err;
	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l);
	if (err) { errno = err; conn_lost(c, "connect"); return; }
	char b[8192];
	int n = upgrade_text(b, sizeof b, o_path, o_proto, o_port, c->idx, o_deflate);
	c->state = ST_UPGRADING;
	if (send_all(c->fd, b, n) < 0) { conn_lost(c, "send upgrade"); return; }
	struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u32 = c->idx };
	epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
}
static int pump(int efd, int timeout_ms) {
	struct epoll_event ev[512];
	int k = epoll_wait(efd, ev, 512, timeout_ms);
	if (k > 0) c_wake++;
	for (int i = 0; i < k; i++) {
		struct conn *c = &conns[ev[i].data.u32];
		if (c->state == ST_DEAD) continue;
		if (c->state == ST_CONNECTING) { do_connected(c); continue; }
		do_read(c);
	}
	return k;
}
/* Measured phase: the prompt connections are polled every o_poll_us (no thread sleeps in epoll_wait, so a server's write never pays
 * for waking the load generator, as it would not with clients on other machines); the others every o_lazy_ms, which must stay under
 * the 40 ms delayed-ACK timer. */
static double lazy_next;
static void pump_until(double t) {
	for (;;) {
		double now = mono();
		if (now >= t) return;
		while (pump(ep, 0) == 512) if (mono() >= t) return;
		if (now >= lazy_next) {
			sampling = 0;
			for (int k = 0; k < 64 && pump(ep_lazy, 0) == 512; k++) { sampling = 1; while (pump(ep, 0) == 512) {} sampling = 0; }
			sampling = 1;
			lazy_next += o_lazy_ms / 1e3;
			if (lazy_next < mono()) lazy_next = mono() + o_lazy_ms / 1e3;
		} else {
			struct timespec ts = { 0, o_poll_us * 1000L };
			clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL);
		}
	}
}

/* ---- publisher ---- */
static int pub_fd = -1;
static char *pub_cap;
static u8 pbuf[1 << 18];
static u32 pbuf_n;
static void pub_control(u8 *p, u32 n) {
	if (o_verbose > 1) fprintf(stderr, "[pub] <- %.*s\n", (int)(n > 300 ? 300 : n), p);
	for (int i = 0; i < pub_script.nr; i++) {
		struct rule *r = &pub_script.r[i];
		int hit = r->exact ? ((int)n == r->plen && !memcmp(p, r->pat, n)) : memmem(p, n, r->pat, r->plen) != NULL;
		if (hit) {
			char b[8192];
			int l = render(b, sizeof b, r->reply, r->rlen, 0, pub_cap, 0, 0);
			if (o_pub_raw) send_all(pub_fd, b, l); else ws_send(pub_fd, r->bin ? 2 : 1, b, l);
		}
	}
}
/* drains what the server sends to the publisher; returns 1 if `want` was seen; cap!=NULL captures */
static int pub_drain(int wait_ms, const char *want, int wl, const char *endc) {
	double until = mono() + wait_ms / 1e3;
	int seen = 0;
	for (;;) {
		ssize_t r = recv(pub_fd, pbuf + pbuf_n, sizeof pbuf - 1 - pbuf_n, MSG_DONTWAIT);
		if (r == 0) { fprintf(stderr, "publisher closed by server\n"); return -1; }
		if (r > 0) {
			pbuf_n += (u32)r;
			u8 *p = pbuf;
			u32 n = pbuf_n;
			if (o_pub_raw) {
				if (want && memmem(p, n, want, wl)) seen = 1;
				pub_control(p, n);
				pbuf_n = 0;
			} else {
				while (n >= 2) {
					u32 h = 2; u64 len = p[1] & 127;
					if (len == 126) { if (n < 4) break; len = ((u32)p[2] << 8) | p[3]; h = 4; }
					else if (len == 127) { if (n < 10) break; len = 0; for (int i = 2; i < 10; i++) len = len << 8 | p[i]; h = 10; }
					if (n < h + len) break;
					u8 op = p[0] & 15;
					if (op == 9) ws_send(pub_fd, 10, (char *)p + h, (int)len);
					else if (op == 8) { fprintf(stderr, "publisher got close frame: %.*s\n", (int)len - 2, p + h + 2); return -1; }
					else if (op <= 2) {
						u8 *q = want ? (wl == 1 && want[0] == '*' ? p + h : memmem(p + h, len, want, wl)) : NULL;
						if (q) {
							seen = 1;
							if (endc) { u8 *v = q + wl, *e = v; while (e < p + h + len && *e != (u8)endc[0]) e++; free(pub_cap); pub_cap = strndup((char *)v, e - v); }
						}
						pub_control(p + h, (u32)len);
					}
					p += h + len; n -= h + (u32)len;
				}
				memmove(pbuf, p, n); pbuf_n = n;
			}
			if (seen) return 1;
			continue;
		}
		if (!want || mono() > until) return seen;
		usleep(1000);
	}
}
static void pub_connect(void) {
	pub_fd = socket(AF_INET, SOCK_STREAM, 0);
	int one = 1;
	setsockopt(pub_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	struct sockaddr_in d = { .sin_family = AF_INET, .sin_port = htons(o_pub_port) };
	inet_pton(AF_INET, o_host, &d.sin_addr);
	if (connect(pub_fd, (void *)&d, sizeof d)) die("publisher connect: %s", strerror(errno));
	if (!o_pub_raw) {
		char b[8192];
		int n = upgrade_text(b, sizeof b, o_pub_path, o_pub_proto, o_pub_port, 0, 0);
		send_all(pub_fd, b, n);
		u32 have = 0;
		u8 *e = NULL;
		while (!e) {
			ssize_t r = recv(pub_fd, pbuf + have, sizeof pbuf - have - 1, 0);
			if (r <= 0) die("publisher upgrade: eof");
			have += (u32)r;
			e = memmem(pbuf, have, "\r\n\r\n", 4);
		}
		if (!memmem(pbuf, e - pbuf, " 101 ", 5)) die("publisher upgrade refused: %.200s", pbuf);
		e += 4;
		pbuf_n = have - (u32)(e - pbuf);
		memmove(pbuf, e, pbuf_n);
	}
	for (int i = 0; i < pub_script.n; i++) {
		struct step *s = &pub_script.s[i];
		char b[8192];
		if (s->kind == K_SEND || s->kind == K_BIN) {
			int l = render(b, sizeof b, s->a, s->alen, 0, pub_cap, 0, 0);
			if (o_pub_raw) send_all(pub_fd, b, l); else ws_send(pub_fd, s->kind == K_BIN ? 2 : 1, b, l);
		} else {
			/* frames already buffered by the upgrade read are looked at as well */
			int r = 0;
			if (pbuf_n && !o_pub_raw) {
				u8 *q = s->alen == 1 && s->a[0] == '*' ? pbuf : memmem(pbuf, pbuf_n, s->a, s->alen);
				if (q) {
					if (s->kind == K_CAP) { u8 *v = q + s->alen, *e = v; while (e < pbuf + pbuf_n && *e != (u8)s->b[0]) e++; free(pub_cap); pub_cap = strndup((char *)v, e - v); }
					pbuf_n = 0; r = 1;
				}
			}
			if (!r) r = pub_drain(5000, s->a, s->alen, s->kind == K_CAP ? s->b : NULL);
			if (r != 1) die("publisher handshake: no '%s'", s->a);
		}
	}
}
static void *pub_main(void *x) {
	(void)x;
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), -16);
	double start = mono();
	u64 real0 = now_us();
	u64 seq = 0;
	static u8 out[1 << 18];
	char m[12000];
	double cpu0 = -1;
	while (!g_stop) {
		double due = start + (double)seq / o_rate;
		double now = mono();
		if (due > now) {
			struct timespec t = { (time_t)due, (long)((due - (time_t)due) * 1e9) };
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		}
		if (cpu0 < 0 && win_t0_us && now_us() >= win_t0_us) cpu0 = thread_cpu();
		int n = 0;
		u64 T = real0 + (u64)((double)seq / o_rate * 1e6); /* a burst is due at one moment */
		for (int b = 0; b < o_pub_burst; b++) {
			u64 nw = now_us();
			if (win_t1_us && T >= win_t1_us) pub_passed = 1;
			if (win_t0_us && T >= win_t0_us && T < win_t1_us) { pub_in_window++; if (nw > T && nw - T > pub_late_max_us) pub_late_max_us = nw - T; }
			int l = render(m, sizeof m, o_pub_msg, o_pub_len, 0, pub_cap, T, seq);
			if (o_pub_raw) { memcpy(out + n, m, l); n += l; } else n += ws_encode(out + n, o_pub_bin ? 2 : 1, m, l);
			seq++;
		}
		if (send_all(pub_fd, out, n) < 0) { if (!g_stop) fprintf(stderr, "publisher send failed: %s\n", strerror(errno)); break; }
		pub_total += o_pub_burst;
		if (pub_drain(0, NULL, 0, NULL) < 0) break;
		if (cpu0 >= 0 && now_us() < win_t1_us) pub_cpu_s = thread_cpu() - cpu0;
	}
	return NULL;
}

/* ---- /proc ---- */
struct cpu { double u, s; };
static struct cpu proc_cpu(void) {
	struct cpu c = { 0, 0 };
	double hz = (double)sysconf(_SC_CLK_TCK);
	for (int i = 0; i < o_npids; i++) {
		char f[64], b[1024];
		snprintf(f, sizeof f, "/proc/%d/stat", o_pids[i]);
		FILE *fp = fopen(f, "r");
		if (!fp) continue;
		size_t n = fread(b, 1, sizeof b - 1, fp);
		fclose(fp);
		b[n] = 0;
		char *p = strrchr(b, ')');
		unsigned long long u, s;
		if (p && sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &u, &s) == 2) { c.u += u / hz; c.s += s / hz; }
	}
	return c;
}
static double proc_rss_kb(void) {
	double t = 0;
	for (int i = 0; i < o_npids; i++) {
		char f[64], b[256];
		snprintf(f, sizeof f, "/proc/%d/status", o_pids[i]);
		FILE *fp = fopen(f, "r");
		if (!fp) continue;
		while (fgets(b, sizeof b, fp)) { long v; if (sscanf(b, "VmRSS: %ld", &v) == 1) t += v; }
		fclose(fp);
	}
	return t;
}
struct mach { double busy, softirq, steal; };
static struct mach mach_cpu(void) {
	struct mach m = { 0, 0, 0 };
	FILE *f = fopen("/proc/stat", "r");
	double v[10] = { 0 };
	if (f && fscanf(f, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7) == 8) {
		double hz = (double)sysconf(_SC_CLK_TCK);
		m.busy = (v[0] + v[1] + v[2] + v[5] + v[6]) / hz; m.softirq = (v[5] + v[6]) / hz; m.steal = v[7] / hz;
	}
	if (f) fclose(f);
	return m;
}
static void on_alarm(int s) { (void)s; static const char m[] = "wsload: hard time limit\n"; if (write(2, m, sizeof m - 1)) {} _exit(3); }

int main(int argc, char **argv) {
	static struct option lo[] = {
		{"host", 1, 0, 1}, {"port", 1, 0, 2}, {"path", 1, 0, 3}, {"conns", 1, 0, 4}, {"header", 1, 0, 5}, {"proto", 1, 0, 6},
		{"deflate", 0, 0, 7}, {"script", 1, 0, 8}, {"send", 1, 0, 9}, {"rooms", 1, 0, 10}, {"inflight", 1, 0, 11},
		{"pub-port", 1, 0, 20}, {"pub-path", 1, 0, 21}, {"pub-proto", 1, 0, 22}, {"pub-raw", 0, 0, 23}, {"pub-bin", 0, 0, 24},
		{"pub-script", 1, 0, 25}, {"pub-msg", 1, 0, 26}, {"pub-msg-file", 1, 0, 27}, {"rate", 1, 0, 28}, {"burst", 1, 0, 29},
		{"warm", 1, 0, 40}, {"secs", 1, 0, 41}, {"drain", 1, 0, 42}, {"pid", 1, 0, 43}, {"marker", 1, 0, 44}, {"fanout", 1, 0, 45},
		{"label", 1, 0, 46}, {"out", 1, 0, 47}, {"mixed", 0, 0, 48}, {"prompt-every", 1, 0, 49}, {"lazy-ms", 1, 0, 50}, {"poll-us", 1, 0, 54}, {"idle-flag", 1, 0, 55},
		{"hold", 1, 0, 51}, {"stall", 1, 0, 56}, {"rcvbuf", 1, 0, 52}, {"pin", 1, 0, 53}, {"verbose", 0, 0, 'v'}, {0, 0, 0, 0}};
	int ch;
	while ((ch = getopt_long(argc, argv, "v", lo, NULL)) != -1) switch (ch) {
		case 1: o_host = optarg; break;
		case 2: o_port = atoi(optarg); break;
		case 3: o_path = optarg; break;
		case 4: o_conns = atoi(optarg); break;
		case 5: if (o_nheaders < 16) o_headers[o_nheaders++] = optarg; break;
		case 6: o_proto = optarg; break;
		case 7: o_deflate = 1; break;
		case 8: load_script(optarg, &sub_script); break;
		case 9: { struct step *s = &sub_script.s[sub_script.n++]; s->kind = K_SEND; s->a = malloc(strlen(optarg) + 1); s->alen = unescape(optarg, s->a); break; }
		case 10: o_rooms = atoi(optarg); break;
		case 11: o_inflight = atoi(optarg); break;
		case 20: o_pub_port = atoi(optarg); break;
		case 21: o_pub_path = optarg; break;
		case 22: o_pub_proto = optarg; break;
		case 23: o_pub_raw = 1; break;
		case 24: o_pub_bin = 1; break;
		case 25: load_script(optarg, &pub_script); break;
		case 26: o_pub_msg = malloc(strlen(optarg) + 1); o_pub_len = unescape(optarg, o_pub_msg); break;
		case 27: { FILE *f = fopen(optarg, "r"); if (!f) die("no %s", optarg); char *t = calloc(1, 16384); size_t n = fread(t, 1, 16383, f); fclose(f);
			while (n && t[n - 1] == '\n') t[--n] = 0;
			o_pub_msg = malloc(n + 1); o_pub_len = unescape(t, o_pub_msg); free(t); break; }
		case 28: o_rate = atof(optarg); break;
		case 29: o_pub_burst = atoi(optarg); break;
		case 40: o_warm = atof(optarg); break;
		case 41: o_secs = atof(optarg); break;
		case 42: o_drain = atof(optarg); break;
		case 43: { char *s = strdup(optarg); for (char *t = strtok(s, ", "); t; t = strtok(NULL, ", ")) if (o_npids < 64) o_pids[o_npids++] = atoi(t); break; }
		case 44: o_marker = optarg; break;
		case 45: o_fanout = atof(optarg); break;
		case 46: o_label = optarg; break;
		case 47: o_out = optarg; break;
		case 48: o_mixed = 1; break;
		case 49: o_prompt_every = atoi(optarg); break;
		case 54: o_poll_us = atoi(optarg); break;
		case 55: o_idle_flag = optarg; break;
		case 50: o_lazy_ms = atoi(optarg); break;
		case 51: o_hold = atoi(optarg); break;
		case 56: o_stall = atoi(optarg); break;
		case 52: o_rcvbuf = atoi(optarg); break;
		case 53: o_pin = atoi(optarg); break;
		case 'v': o_verbose++; break;
		default: return 2;
	}
	marker_len = (int)strlen(o_marker);
	if (o_fanout < 0) o_fanout = o_conns;
	if (!o_pub_port) o_pub_port = o_port;
	if (!o_pub_path) o_pub_path = o_path;
	if (!o_pub_proto) o_pub_proto = o_proto;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, on_alarm);
	alarm((unsigned)(o_warm + o_secs + o_drain + 90 + o_conns / 200 + o_hold + o_stall)); /* stops by itself, whatever happens */
	struct rlimit rl;
	getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
	if (o_pin >= 0) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(o_pin, &s); sched_setaffinity(0, sizeof s, &s); }
	setpriority(PRIO_PROCESS, 0, -15);
	ep = epoll_create1(0);
	conns = calloc(o_conns, sizeof *conns);
	double rss0 = proc_rss_kb();
	struct cpu cc0 = proc_cpu();
	double t0 = mono();
	while (n_ready + n_failed < (u32)o_conns) {
		while (n_next < (u32)o_conns && n_inflight < (u32)o_inflight) start_conn(n_next++);
		pump(ep, 20);
		if (mono() - t0 > 60 + o_conns / 200) { fprintf(stderr, "handshake timeout: ready %u failed %u of %d\n", n_ready, n_failed, o_conns); break; }
	}
	double t_conn = mono() - t0;
	ep_lazy = epoll_create1(0);
	for (int i = 0; i < o_conns; i++) if (o_prompt_every > 1 && i % o_prompt_every && conns[i].state != ST_DEAD) {
		struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u32 = (u32)i };
		epoll_ctl(ep, EPOLL_CTL_DEL, conns[i].fd, NULL);
		epoll_ctl(ep_lazy, EPOLL_CTL_ADD, conns[i].fd, &ev);
	}
	sampling = 1;
	lazy_next = mono();
	prctl(PR_SET_TIMERSLACK, 20000UL, 0, 0, 0);
	struct cpu cc1 = proc_cpu();
	if (o_hold) { double tt = mono() + o_hold; pump_until(tt); }
	double rss1 = proc_rss_kb();
	if (o_idle_flag) {
		FILE *f = fopen(o_idle_flag, "w");
		if (f) { fprintf(f, "ready=%u failed=%u lost=%u conn_s=%.3f\n", n_ready, n_failed, n_lost, t_conn); fclose(f); }
		if (!o_stall) pump_until(mono() + 3);
	}
	if (o_stall) { /* nothing is read any more: what the server sends fills the kernel's buffers, then its own */
		struct timespec t = { o_stall, 0 };
		nanosleep(&t, NULL);
		return n_ready == (u32)o_conns ? 0 : 1;
	}
	pthread_t pt;
	if (o_rate > 0) {
		if (!o_pub_msg) die("--rate needs --pub-msg");
		pub_connect();
		pthread_create(&pt, NULL, pub_main, NULL);
	}
	pump_until(mono() + o_warm);

	/* measured window */
	u64 wmsgs = c_msgs, wframes = c_frames, wbytes = c_bytes, wrecv = c_recv, wwake = c_wake;
	struct cpu p0 = proc_cpu();
	struct mach m0 = mach_cpu();
	double own0 = thread_cpu(), w0 = mono();
	u64 r0 = now_us();
	win_t1_us = r0 + (u64)(o_secs * 1e6);
	win_t0_us = r0;
	pump_until(w0 + o_secs);
	double w1 = mono(), own1 = thread_cpu();
	struct cpu p1 = proc_cpu();
	struct mach m1 = mach_cpu();
	wmsgs = c_msgs - wmsgs; wframes = c_frames - wframes; wbytes = c_bytes - wbytes; wrecv = c_recv - wrecv; wwake = c_wake - wwake;
	double rss2 = proc_rss_kb();
	/* what was published in the window may still come; all of it there, or at the latest after o_drain, it is over */
	double until = mono() + o_drain, wanted;
	do {
		pump_until(mono() + 0.1 < until ? mono() + 0.1 : until);
		wanted = pub_in_window * o_fanout;
		if (o_deflate && o_conns) wanted = wanted / o_conns * ((o_conns + INFLATE_EVERY - 1) / INFLATE_EVERY); /* only these tell their time */
	} while (mono() < until && o_rate > 0 && (!pub_passed || c_in_window < wanted));
	g_stop = 1;
	if (o_rate > 0) { shutdown(pub_fd, SHUT_RDWR); pthread_join(pt, NULL); }

	double wall = w1 - w0, cu = p1.u - p0.u, cs = p1.s - p0.s, cpu = cu + cs;
	double expected = wanted;
	double ratio = expected > 0 ? c_in_window / expected : 0;
	double rate = wmsgs / wall;
	double us = wmsgs ? cpu / wmsgs * 1e6 : 0, own = wmsgs ? (own1 - own0) / wmsgs * 1e6 : 0;
	double busy = m1.busy - m0.busy, other = busy - cpu - (own1 - own0) - pub_cpu_s;
	u64 mn = ~0ull, mx = 0;
	for (int i = 0; i < o_conns; i++) { if (conns[i].msgs < mn) mn = conns[i].msgs; if (conns[i].msgs > mx) mx = conns[i].msgs; }
	printf("%-22s N=%d ready=%u lost=%u R=%.0f | %.0f msg/s (%.2f%% of expected) | server %.2f us/msg (user %.2f sys %.2f) %.0f%% CPU | "
		"lat us p50 %llu p90 %llu p99 %llu p99.9 %llu max %llu | RSS %.1f MB (+%.2f KB/conn) | wsload %.2f us/msg | frames/recv %.2f msgs/frame %.2f | other %.1f%% steal %.1f%%\n",
		o_label, o_conns, n_ready, n_lost + n_failed, o_rate, rate, ratio * 100, us, wmsgs ? cu / wmsgs * 1e6 : 0, wmsgs ? cs / wmsgs * 1e6 : 0, cpu / wall * 100,
		(unsigned long long)pct(.5), (unsigned long long)pct(.9), (unsigned long long)pct(.99), (unsigned long long)pct(.999), (unsigned long long)hist_max,
		rss2 / 1024, n_ready ? (rss1 - rss0) / n_ready : 0, own, wrecv ? (double)wframes / wrecv : 0, wframes ? (double)wmsgs / wframes : 0,
		other / wall * 100, (m1.steal - m0.steal) / wall * 100);
	if (o_verbose) printf("  conn phase %.2fs, server cpu %.1f us/conn; other frames %llu pings %llu bad %llu; per conn min %llu max %llu; wakes %llu pub total %llu pub cpu %.1f us/msg late max %llu us\n", t_conn,
		n_ready ? (cc1.u + cc1.s - cc0.u - cc0.s) / n_ready * 1e6 : 0, (unsigned long long)c_other, (unsigned long long)c_ping, (unsigned long long)c_bad,
		(unsigned long long)mn, (unsigned long long)mx, (unsigned long long)wwake, (unsigned long long)pub_total, pub_in_window ? pub_cpu_s / pub_in_window * 1e6 : 0, (unsigned long long)pub_late_max_us);
	if (o_out) {
		FILE *f = fopen(o_out, "a");
		if (f) {
			fprintf(f, "{\"label\":\"%s\",\"at\":%llu,\"n\":%d,\"ready\":%u,\"lost\":%u,\"rate\":%.1f,\"secs\":%.3f,\"msgs\":%llu,\"msgps\":%.1f,\"ratio\":%.5f,\"expected\":%.0f,\"in_window\":%llu,\"bytes_per_msg\":%.1f,"
				"\"us\":%.3f,\"us_user\":%.3f,\"us_sys\":%.3f,\"cpu_pct\":%.2f,\"p50\":%llu,\"p90\":%llu,\"p99\":%llu,\"p999\":%llu,\"max\":%llu,\"mean\":%.1f,"
				"\"rss0_kb\":%.0f,\"rss1_kb\":%.0f,\"rss_kb\":%.0f,\"rss_per_conn_kb\":%.3f,\"own_us\":%.3f,\"frames_per_recv\":%.3f,\"msgs_per_frame\":%.3f,\"other_pct\":%.2f,\"steal_pct\":%.2f,"
				"\"conn_s\":%.3f,\"us_per_conn\":%.2f,\"pub_late_max\":%llu,\"min_per_conn\":%llu,\"max_per_conn\":%llu}\n",
				o_label, (unsigned long long)r0, o_conns, n_ready, n_lost + n_failed, o_rate, wall, (unsigned long long)wmsgs, rate, ratio, expected, (unsigned long long)c_in_window, wmsgs ? (double)wbytes / wmsgs : 0,
				us, wmsgs ? cu / wmsgs * 1e6 : 0, wmsgs ? cs / wmsgs * 1e6 : 0, cpu / wall * 100, (unsigned long long)pct(.5), (unsigned long long)pct(.9), (unsigned long long)pct(.99),
				(unsigned long long)pct(.999), (unsigned long long)hist_max, hist_n ? hist_sum / hist_n : 0, rss0, rss1, rss2, n_ready ? (rss1 - rss0) / n_ready : 0, own,
				wrecv ? (double)wframes / wrecv : 0, wframes ? (double)wmsgs / wframes : 0, other / wall * 100, (m1.steal - m0.steal) / wall * 100, t_conn,
				n_ready ? (cc1.u + cc1.s - cc0.u - cc0.s) / n_ready * 1e6 : 0, (unsigned long long)pub_late_max_us, (unsigned long long)mn, (unsigned long long)mx);
			fclose(f);
		}
	}
	return (n_ready == (u32)o_conns && !n_lost) ? 0 : 1;
}
