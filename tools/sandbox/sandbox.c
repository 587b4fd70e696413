/*
 * The one program of the sandbox image: no libc, no files, a few system calls.
 *
 *   sandbox          keeps the namespaces of a service instance: reaps children, exits 0 on TERM and INT.
 *   sandbox lease    prints /proc/net/route and a line "." at the start and for every line on stdin;
 *                    exits 0 when stdin ends, and on TERM and INT.
 *
 * As PID 1 the kernel drops signals without a handler, so all are blocked and waited for instead.
 * build.sh makes src/docker/sandbox-binaries.ts from this file.
 */

#if defined(__x86_64__)
enum { SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_rt_sigprocmask = 14, SYS_wait4 = 61, SYS_rt_sigtimedwait = 128,
       SYS_exit_group = 231, SYS_openat = 257, SYS_ppoll = 271, SYS_signalfd4 = 289 };

static long call(long number, long a, long b, long c, long d, long e)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}
__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall entry\n");
#elif defined(__aarch64__)
enum { SYS_openat = 56, SYS_close = 57, SYS_read = 63, SYS_write = 64, SYS_ppoll = 73, SYS_signalfd4 = 74,
       SYS_exit_group = 94, SYS_rt_sigprocmask = 135, SYS_rt_sigtimedwait = 137, SYS_wait4 = 260 };

static long call(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}
__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl entry\n");
#else
#error "no system calls known for this architecture"
#endif

enum { STDIN, STDOUT, EINTR = 4, EAGAIN = 11, SIGINT = 2, SIGTERM = 15, SIGCHLD = 17,
       SIG_BLOCK = 0, WNOHANG = 1, POLLIN = 1, AT_FDCWD = -100, MASK_BYTES = 8 };

struct pollfd {
	int fd;
	short events;
	short revents;
};

static void leave(int status)
{
	for (;;)
		call(SYS_exit_group, status, 0, 0, 0, 0);
}

static void act_on(long signal)
{
	if (signal == SIGTERM || signal == SIGINT)
		leave(0);
	if (signal == SIGCHLD)
		while (call(SYS_wait4, -1, 0, WNOHANG, 0, 0) > 0)
			;
}

static void write_all(const char *bytes, long length)
{
	while (length > 0) {
		long written = call(SYS_write, STDOUT, (long)bytes, length, 0, 0);
		if (written == -EINTR || written == -EAGAIN)
			continue;
		if (written <= 0)
			leave(1);
		bytes += written;
		length -= written;
	}
}

static void print_routes(void)
{
	char buffer[4096];
	long length;
	long file = call(SYS_openat, AT_FDCWD, (long)"/proc/net/route", 0, 0, 0);

	if (file < 0)
		leave(2);
	while ((length = call(SYS_read, file, (long)buffer, sizeof buffer, 0, 0)) > 0)
		write_all(buffer, length);
	call(SYS_close, file, 0, 0, 0, 0);
	write_all(".\n", 2);
}

static void answer_lines(void)
{
	char buffer[256];
	long length = call(SYS_read, STDIN, (long)buffer, sizeof buffer, 0, 0);

	if (length == -EINTR || length == -EAGAIN)
		return;
	if (length <= 0)
		leave(length < 0);
	for (long at = 0; at < length; at++)
		if (buffer[at] == '\n')
			print_routes();
}

static void hold_lease(unsigned long *signals)
{
	unsigned int caught[32]; /* struct signalfd_siginfo: 128 bytes, the signal first */
	struct pollfd inputs[2];

	inputs[0].fd = STDIN;
	inputs[1].fd = (int)call(SYS_signalfd4, -1, (long)signals, MASK_BYTES, 0, 0);
	inputs[0].events = inputs[1].events = POLLIN;
	if (inputs[1].fd < 0)
		leave(3);
	print_routes();
	for (;;) {
		inputs[0].revents = inputs[1].revents = 0;
		if (call(SYS_ppoll, (long)inputs, 2, 0, 0, 0) <= 0)
			continue;
		if (inputs[1].revents && call(SYS_read, inputs[1].fd, (long)caught, sizeof caught, 0, 0) > 0)
			act_on(caught[0]);
		if (inputs[0].revents)
			answer_lines();
	}
}

static int wants_lease(long argc, char **argv)
{
	const char *word = "lease";
	const char *argument;

	if (argc < 2)
		return 0;
	for (argument = argv[1]; *word && *argument == *word; argument++)
		word++;
	return !*word && !*argument;
}

__attribute__((noreturn, used)) void entry(long *stack)
{
	unsigned long signals = ~0UL;

	call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&signals, 0, MASK_BYTES, 0);
	if (wants_lease(stack[0], (char **)(stack + 1)))
		hold_lease(&signals);
	for (;;)
		act_on(call(SYS_rt_sigtimedwait, (long)&signals, 0, 0, MASK_BYTES, 0));
}
