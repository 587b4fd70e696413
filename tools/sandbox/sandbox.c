/*
 * The one program of the sandbox image: no libc, no files, a few system calls.
 *
 *   sandbox                         keeps the namespaces of a service instance: reaps children, exits 0 on TERM and INT.
 *   sandbox lease                   lease.c
 *   sandbox relay [SOCKET]          relay.c
 *   sandbox switch DIR GENERATION   files.c, as the next two
 *   sandbox link DIR NAME TARGET
 *   sandbox remove DIR NAME         remove.c
 *
 * Exits 2 when used wrongly. build.sh makes src/docker/sandbox-binaries.ts from the files of this folder.
 */

#include "sandbox.h"
#include "system.h"

__asm__(ENTRY);

void leave(int status)
{
	for (;;)
		call(SYS_exit_group, status, 0, 0, 0, 0);
}

void act_on(long signal)
{
	if (signal == SIGTERM || signal == SIGINT)
		leave(0);
	if (signal == SIGCHLD)
		while (call(SYS_wait4, -1, 0, WNOHANG, 0, 0) > 0)
			;
}

int open_signals(unsigned long *signals)
{
	long file = call(SYS_signalfd4, -1, (long)signals, MASK_BYTES, 0, 0);

	if (file < 0)
		fail(3, "cannot wait for ", "signals", -file);
	return (int)file;
}

void read_signal(int file)
{
	unsigned int caught[32]; /* struct signalfd_siginfo: 128 bytes, the signal first */

	if (call(SYS_read, file, (long)caught, sizeof caught, 0, 0) > 0)
		act_on(caught[0]);
}

static void keep_namespaces(unsigned long *signals)
{
	for (;;)
		act_on(call(SYS_rt_sigtimedwait, (long)signals, 0, 0, MASK_BYTES, 0));
}

/* As PID 1 the kernel drops signals without a handler, so all are blocked and waited for instead. */
__attribute__((noreturn, used)) void entry(long *stack)
{
	unsigned long signals = ~0UL;
	long words = stack[0] - 2; /* behind the program and the command */
	char **argv = (char **)(stack + 1);

	call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&signals, 0, MASK_BYTES, 0);
	if (words < 0)
		keep_namespaces(&signals);
	if (words == 0 && is_equal(argv[1], "lease"))
		hold_lease(&signals);
	if (words == 0 && is_equal(argv[1], "relay"))
		run_relay(&signals, 0);
	if (words == 1 && is_equal(argv[1], "relay"))
		run_relay(&signals, argv[2]);
	if (words == 2 && is_equal(argv[1], "switch"))
		switch_generation(argv + 2);
	if (words == 3 && is_equal(argv[1], "link"))
		make_link(argv + 2);
	if (words == 2 && is_equal(argv[1], "remove"))
		remove_tree(argv + 2);
	fail(2, "wrong usage: ", argv[1], 0);
}
