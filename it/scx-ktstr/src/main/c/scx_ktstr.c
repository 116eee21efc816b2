/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scx-ktstr's loader: loads and attaches the BPF scheduler, prints its counters, and reports how it ended.
 *
 * The BPF object is part of this program (bpf_object.S). Globals are found by name through the object's BTF, so no
 * generated skeleton is needed.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum exit_status {
	EXIT_OK = 0,
	EXIT_AFTER = 1,    /* --exit-after, or it could not be loaded or attached */
	EXIT_KERNEL = 2,   /* the kernel ended it with an error */
	EXIT_AT_START = 3, /* --fail-at-start */
	EXIT_USAGE = 64,
};

/* include/linux/sched/ext.h: exits from here on are errors. */
#define SCX_EXIT_ERROR 1024

/* Rounds of --verify-loop when it gives no number; and the most, well beyond what any verifier walks. Walked in tens. */
#define VERIFY_ROUNDS 1000
#define MAX_VERIFY_ROUNDS 10000000
#define VERIFY_BLOCK 10

/* BPF_LOG_LEVEL2, the most, and BPF_LOG_STATS of include/linux/bpf_verifier.h. */
#define LOG_LEVEL_MAX 7
#define LOG_LEVEL_STATS 4

/* include/linux/sched.h: TASK_COMM_LEN */
#define COMM_LEN 16

/* How often the loop looks at clocks and at the exit report. */
#define TICK_MS 50

/* bpf_object.S */
extern const char bpf_object_start[], bpf_object_end[];

/* As in scx_ktstr.bpf.c. */
struct exit_report {
	uint32_t kind;
	char reason[128];
	char msg[1024];
	char dump[32768];
};

struct options {
	bool slow, no_attach, fail_at_start, ignore_cpumask, lifo, cpus_half, fail_verify;
	char starve_comm[COMM_LEN]; /* empty: nobody */
	uint64_t slice_us;	    /* 0: the default */
	uint32_t drop_one_in, verify_rounds, verifier_log, beats; /* the level of the verifier's log, 0: only that of a refused program */
	double stall_after_s, crash_after_s, exit_after_s; /* negative: never */
	uint32_t timeout_ms, stats_interval_ms;
};

/* The running scheduler: its globals are mapped, so reading a counter costs no system call. */
struct scheduler {
	struct bpf_object *object;
	struct bpf_link *link;
	void *bss;
	size_t bss_size;
	struct exit_report *report;
	size_t report_size;
	const uint64_t *nr_enqueued, *nr_dispatched, *nr_direct, *nr_stalled, *nr_starved, *nr_dropped;
	uint32_t *stall, *crash;
};

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	va_list args;

	fputs("scx-ktstr: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_AFTER);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static const char usage[] =
	"usage: scx-ktstr [options]\n"
	"  --slow                   one queue for all, longer slices, extra work per dispatch; still fair\n"
	"  --slice-us US            length of a slice (default 10000)\n"
	"  --starve-comm NAME       tasks of this name get a CPU once in 4 s, or in 3/4 of the watchdog's limit\n"
	"  --ignore-cpumask         sends user tasks to CPUs in turn, whether they may run there or not\n"
	"  --lifo                   the newest task first\n"
	"  --drop-one-in N          forgets every N'th user task that wants a CPU\n"
	"  --beats N                counts the wake-ups of a task named 'beater' in the global 'beats', up to N\n"
	"  --cpus-half              leaves the upper half of the CPUs to tasks that can run nowhere else\n"
	"  --fail-verify            has a program that the verifier refuses\n"
	"  --verify-loop[=ROUNDS]   has a loop that the verifier walks round by round (default 1000)\n"
	"  --verifier-log[=LEVEL]   prints the verifier's logs of programs that it accepts, too (default 4: what it spent)\n"
	"  --stall-after SECONDS    from then on leaves user tasks lying, so that the kernel's watchdog steps in\n"
	"  --crash-after SECONDS    sets the global 'crash', so that the scheduler ends itself with an error\n"
	"  --timeout-ms MS          the watchdog's limit (default 5000, the kernel takes at most 30000)\n"
	"  --exit-after SECONDS     the loader ends by itself with status 1\n"
	"  --fail-at-start          writes an error and ends with status 3, before anything is loaded\n"
	"  --no-attach              runs, but never attaches\n"
	"  --stats-interval-ms MS   how often the counters are printed (default 1000)\n"
	"status: 0 after SIGINT or SIGTERM, 1 not loaded or --exit-after, 2 ended by the kernel with an error\n";

/* A number from min to max, or the end of the program. */
static double number(const char *option, const char *text, double min, double max)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= min && value <= max)) {
		fprintf(stderr, "scx-ktstr: --%s takes a number from %g to %g, got '%s'\n", option, min, max, text);
		exit(EXIT_USAGE);
	}
	return value;
}

static void copy_comm(char *into, const char *name)
{
	if (!*name || strlen(name) >= COMM_LEN) {
		fprintf(stderr, "scx-ktstr: --starve-comm takes a name of 1 to %d characters, got '%s'\n", COMM_LEN - 1, name);
		exit(EXIT_USAGE);
	}
	memcpy(into, name, strlen(name) + 1);
}

static struct options parse(int argc, char **argv)
{
	static const struct option known[] = {
		{"slow", no_argument, NULL, 's'},
		{"slice-us", required_argument, NULL, 'u'},
		{"starve-comm", required_argument, NULL, 'S'},
		{"ignore-cpumask", no_argument, NULL, 'm'},
		{"lifo", no_argument, NULL, 'l'},
		{"drop-one-in", required_argument, NULL, 'd'},
		{"beats", required_argument, NULL, 'b'},
		{"cpus-half", no_argument, NULL, 'H'},
		{"fail-verify", no_argument, NULL, 'v'},
		{"verify-loop", optional_argument, NULL, 'V'},
		{"verifier-log", optional_argument, NULL, 'L'},
		{"stall-after", required_argument, NULL, 'a'},
		{"crash-after", required_argument, NULL, 'c'},
		{"timeout-ms", required_argument, NULL, 't'},
		{"exit-after", required_argument, NULL, 'e'},
		{"fail-at-start", no_argument, NULL, 'f'},
		{"no-attach", no_argument, NULL, 'n'},
		{"stats-interval-ms", required_argument, NULL, 'i'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct options o = {
		.stall_after_s = -1, .crash_after_s = -1, .exit_after_s = -1, .timeout_ms = 5000, .stats_interval_ms = 1000};
	int c, index = 0;

	while ((c = getopt_long(argc, argv, "h", known, &index)) != -1) {
		switch (c) {
		case 's': o.slow = true; break;
		case 'u': o.slice_us = number("slice-us", optarg, 1, 60e6); break;
		case 'S': copy_comm(o.starve_comm, optarg); break;
		case 'm': o.ignore_cpumask = true; break;
		case 'l': o.lifo = true; break;
		case 'd': o.drop_one_in = number("drop-one-in", optarg, 1, 1e9); break;
		case 'b': o.beats = number("beats", optarg, 1, 1e9); break;
		case 'H': o.cpus_half = true; break;
		case 'v': o.fail_verify = true; break;
		case 'V': o.verify_rounds = optarg ? number("verify-loop", optarg, 1, MAX_VERIFY_ROUNDS) : VERIFY_ROUNDS; break;
		case 'L':
			o.verifier_log = optarg ? number("verifier-log", optarg, 1, LOG_LEVEL_MAX) : LOG_LEVEL_STATS;
			break;
		case 'a': o.stall_after_s = number("stall-after", optarg, 0, 86400); break;
		case 'c': o.crash_after_s = number("crash-after", optarg, 0, 86400); break;
		case 't': o.timeout_ms = number("timeout-ms", optarg, 1, 30000); break;
		case 'e': o.exit_after_s = number("exit-after", optarg, 0, 86400); break;
		case 'f': o.fail_at_start = true; break;
		case 'n': o.no_attach = true; break;
		case 'i': o.stats_interval_ms = number("stats-interval-ms", optarg, 10, 3600000); break;
		case 'h': fputs(usage, stdout); exit(EXIT_OK);
		default: fputs(usage, stderr); exit(EXIT_USAGE);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "scx-ktstr: unexpected argument '%s'\n%s", argv[optind], usage);
		exit(EXIT_USAGE);
	}
	return o;
}

/* Offset of a global in its section, from the object's own BTF. */
static size_t offset_of_global(const struct bpf_object *object, const char *section, const char *name)
{
	const struct btf *btf = bpf_object__btf(object);
	int id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	const struct btf_type *sec = id < 0 ? NULL : btf__type_by_id(btf, id);

	for (int i = 0; sec && i < btf_vlen(sec); i++) {
		const struct btf_var_secinfo *var = &btf_var_secinfos(sec)[i];

		if (!strcmp(btf__name_by_offset(btf, btf__type_by_id(btf, var->type)->name_off), name))
			return var->offset;
	}
	die("BUG: the BPF object has no global '%s' in %s", name, section);
}

static struct bpf_map *map_of(const struct bpf_object *object, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);

	if (!map)
		die("BUG: the BPF object has no map '%s'", name);
	return map;
}

/* Where a global's initial value lies, before load. */
static void *initial(const struct bpf_object *object, const char *section, const char *name)
{
	size_t size;
	char *data = bpf_map__initial_value(map_of(object, section), &size);

	if (!data)
		die("BUG: section %s has no initial value", section);
	return data + offset_of_global(object, section, name);
}

/* Maps a section's globals as the running BPF programs see them. */
static void *map_globals(const struct bpf_object *object, const char *section, size_t *size)
{
	const struct bpf_map *map = map_of(object, section);
	size_t page = sysconf(_SC_PAGESIZE);
	void *at;

	*size = (bpf_map__value_size(map) + page - 1) / page * page;
	at = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (at == MAP_FAILED)
		die("cannot map the scheduler's globals (%s): %s", section, strerror(errno));
	return at;
}

/* sched_ext_ops as the object's BTF has it: libbpf keeps the local copy and translates it at load. */
static void set_timeout(const struct bpf_object *object, uint32_t timeout_ms)
{
	const struct btf *btf = bpf_object__btf(object);
	int id = btf__find_by_name_kind(btf, "sched_ext_ops", BTF_KIND_STRUCT);
	const struct btf_type *ops = id < 0 ? NULL : btf__type_by_id(btf, id);
	size_t size;
	char *data = bpf_map__initial_value(map_of(object, "ktstr_ops"), &size);

	for (int i = 0; ops && data && i < btf_vlen(ops); i++) {
		if (!strcmp(btf__name_by_offset(btf, btf_members(ops)[i].name_off), "timeout_ms")) {
			memcpy(data + btf_member_bit_offset(ops, i) / 8, &timeout_ms, sizeof(timeout_ms));
			return;
		}
	}
	die("BUG: the BPF object's sched_ext_ops has no timeout_ms");
}

/* The constants of the BPF program, which the verifier knows: what they rule out, it does not even look at. */
static void set_constants(const struct bpf_object *object, const struct options *options)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	uint64_t starve_ns = options->timeout_ms * 750000ULL; /* 3/4 */

	*(uint32_t *)initial(object, ".rodata", "nr_cpus") = cpus > 0 ? cpus : 1;
	if (options->slice_us)
		*(uint64_t *)initial(object, ".rodata", "slice_ns") = options->slice_us * 1000;
	if (options->slow) {
		*(bool *)initial(object, ".rodata", "slow") = true;
		*(uint64_t *)initial(object, ".rodata", "slice_ns") *= 2;
	}
	memcpy(initial(object, ".rodata", "starve_comm"), options->starve_comm, COMM_LEN);
	if (starve_ns < *(uint64_t *)initial(object, ".rodata", "starve_ns"))
		*(uint64_t *)initial(object, ".rodata", "starve_ns") = starve_ns;
	*(bool *)initial(object, ".rodata", "ignore_cpumask") = options->ignore_cpumask;
	*(bool *)initial(object, ".rodata", "lifo") = options->lifo;
	*(uint32_t *)initial(object, ".rodata", "drop_one_in") = options->drop_one_in;
	*(uint32_t *)initial(object, ".rodata", "beat_limit") = options->beats;
	if (options->cpus_half)
		*(uint32_t *)initial(object, ".rodata", "cpu_limit") = cpus > 1 ? cpus / 2 : 1;
	*(bool *)initial(object, ".rodata", "fail_verify") = options->fail_verify;
	*(uint32_t *)initial(object, ".rodata", "verify_blocks") = (options->verify_rounds + VERIFY_BLOCK - 1) / VERIFY_BLOCK;
}

static const uint64_t *counter_named(const struct scheduler *s, const char *name)
{
	return (const uint64_t *)((const char *)s->bss + offset_of_global(s->object, ".bss", name));
}

/* The logs of accepted programs are debug messages to libbpf, among thousands of others. */
static int print_with_logs(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_DEBUG && !strstr(format, "PROG LOAD LOG"))
		return 0;
	return vfprintf(stderr, format, args);
}

static struct scheduler attach(const struct options *options)
{
	LIBBPF_OPTS(bpf_object_open_opts, open, .object_name = "scx_ktstr", .kernel_log_level = options->verifier_log);
	struct scheduler s = {0};
	int err;

	if (options->verifier_log)
		libbpf_set_print(print_with_logs);
	s.object = bpf_object__open_mem(bpf_object_start, bpf_object_end - bpf_object_start, &open);
	if (!s.object)
		die("cannot open the BPF object: %s", strerror(errno));
	set_constants(s.object, options);
	set_timeout(s.object, options->timeout_ms);

	err = bpf_object__load(s.object);
	if (err)
		die("cannot load the BPF object: %s. Is this a kernel with sched_ext and BTF, and are we root?", strerror(-err));
	s.bss = map_globals(s.object, ".bss", &s.bss_size);
	s.report = map_globals(s.object, ".data.exit", &s.report_size);
	s.nr_enqueued = counter_named(&s, "nr_enqueued");
	s.nr_dispatched = counter_named(&s, "nr_dispatched");
	s.nr_direct = counter_named(&s, "nr_direct");
	s.nr_stalled = counter_named(&s, "nr_stalled");
	s.nr_starved = counter_named(&s, "nr_starved");
	s.nr_dropped = counter_named(&s, "nr_dropped");
	s.stall = (uint32_t *)((char *)s.bss + offset_of_global(s.object, ".bss", "stall"));
	s.crash = (uint32_t *)((char *)s.bss + offset_of_global(s.object, ".bss", "crash"));

	s.link = bpf_map__attach_struct_ops(map_of(s.object, "ktstr_ops"));
	if (!s.link)
		die("cannot attach the scheduler: %s. Another one may be attached.", strerror(errno));
	return s;
}

static uint64_t counter(const uint64_t *at)
{
	return __atomic_load_n(at, __ATOMIC_RELAXED);
}

static void print_stats(const struct scheduler *s)
{
	printf("stats nr_enqueued=%llu nr_dispatched=%llu nr_direct=%llu nr_stalled=%llu nr_starved=%llu nr_dropped=%llu\n",
	       (unsigned long long)counter(s->nr_enqueued), (unsigned long long)counter(s->nr_dispatched),
	       (unsigned long long)counter(s->nr_direct), (unsigned long long)counter(s->nr_stalled),
	       (unsigned long long)counter(s->nr_starved), (unsigned long long)counter(s->nr_dropped));
}

static uint32_t exit_kind(const struct scheduler *s)
{
	return __atomic_load_n(&s->report->kind, __ATOMIC_ACQUIRE);
}

/* The layout that the kernel's own sched_ext tools print, which log readers already know. */
static void print_exit(const struct exit_report *report)
{
	static const char line[] = "================================================================================";

	if (report->dump[0])
		fprintf(stderr, "\nDEBUG DUMP\n%s\n\n%s\n%s\n\n", line, report->dump, line);
	fprintf(stderr, "EXIT: %s", report->reason);
	if (report->msg[0])
		fprintf(stderr, " (%s)", report->msg);
	fputc('\n', stderr);
}

/* Sets one of the scheduler's switches once its time has come. */
static void flip(uint32_t *flag, const char *name, double after_s, double elapsed_s)
{
	if (after_s < 0 || elapsed_s < after_s || *flag)
		return;
	fprintf(stderr, "scx-ktstr: setting '%s' by --%s-after %g\n", name, name, after_s);
	__atomic_store_n(flag, 1, __ATOMIC_RELAXED);
}

/* Runs until a signal, --exit-after, or the kernel ends it; says which by the status. */
static enum exit_status run(const struct options *options, const struct scheduler *s, const sigset_t *stop)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
	double start = now_s(), next_stats = start;
	bool attached = s->link != NULL;

	for (;;) {
		double now = now_s();

		if (options->exit_after_s >= 0 && now - start >= options->exit_after_s) {
			fprintf(stderr, "scx-ktstr: exiting by --exit-after %g\n", options->exit_after_s);
			return EXIT_AFTER;
		}
		if (attached) {
			if (exit_kind(s))
				return exit_kind(s) >= SCX_EXIT_ERROR ? EXIT_KERNEL : EXIT_OK;
			flip(s->stall, "stall", options->stall_after_s, now - start);
			flip(s->crash, "crash", options->crash_after_s, now - start);
			if (now >= next_stats) {
				print_stats(s);
				next_stats = now + options->stats_interval_ms / 1e3;
			}
		}
		if (sigtimedwait(stop, NULL, &tick) > 0)
			return EXIT_OK;
	}
}

/* Destroying the link returns after the kernel has called ops.exit, so the report is complete. */
static void detach(struct scheduler *s)
{
	bpf_link__destroy(s->link);
	print_stats(s);
	print_exit(s->report);
	munmap(s->report, s->report_size);
	munmap(s->bss, s->bss_size);
	bpf_object__close(s->object);
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	struct scheduler s = {0};
	enum exit_status status;
	sigset_t stop;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (options.fail_at_start) {
		fputs("scx-ktstr: failing at start, by --fail-at-start\n", stderr);
		return EXIT_AT_START;
	}
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);

	if (options.no_attach) {
		puts("not attaching, by --no-attach");
	} else {
		s = attach(&options);
		printf("attached ktstr%s, watchdog %u ms\n", options.slow ? " (slow)" : "", options.timeout_ms);
	}
	status = run(&options, &s, &stop);
	if (s.link)
		detach(&s);
	return status;
}
