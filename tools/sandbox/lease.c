/*
 * sandbox lease: says where it is, in the network namespace it runs in, at the start and for every line on stdin:
 *
 *   boot <boot id of the kernel>
 *   netns net:[<inode of the network namespace>]
 *   space <bytes> <bytes free>      of what holds the layers: the root of a container
 *   space <bytes> <bytes free>      of the engine's data root, which holds the file /etc/hostname of a container
 *   … /proc/net/route …
 *   .
 *
 * Exits 0 when stdin ends, and on TERM and INT.
 */

#include "sandbox.h"
#include "system.h"

static void print_file(const char *path)
{
	char buffer[4096];
	long length;
	long file = call(SYS_openat, AT_FDCWD, (long)path, O_RDONLY, 0, 0);

	if (file < 0)
		fail(2, "cannot read ", path, -file);
	while ((length = call(SYS_read, file, (long)buffer, sizeof buffer, 0, 0)) > 0)
		write_all(STDOUT, buffer, length);
	call(SYS_close, file, 0, 0, 0, 0);
}

static void print_link(const char *path)
{
	char target[64];
	long length = call(SYS_readlinkat, AT_FDCWD, (long)path, (long)target, sizeof target, 0);

	if (length < 0)
		fail(2, "cannot read ", path, -length);
	write_all(STDOUT, target, length);
}

/* Free is what is left to programs without privileges, as `df` counts. No line where a file system does not tell. */
static void print_space(const char *path)
{
	struct statfs system;

	if (call(SYS_statfs, (long)path, (long)&system, 0, 0, 0) < 0)
		return;
	write_all(STDOUT, "space ", 6);
	write_decimal(STDOUT, system.blocks * system.block_size);
	write_all(STDOUT, " ", 1);
	write_decimal(STDOUT, system.available * system.block_size);
	write_all(STDOUT, "\n", 1);
}

static void print_answer(void)
{
	write_all(STDOUT, "boot ", 5);
	print_file("/proc/sys/kernel/random/boot_id");
	write_all(STDOUT, "netns ", 6);
	print_link("/proc/self/ns/net");
	write_all(STDOUT, "\n", 1);
	print_space("/");
	print_space("/etc/hostname");
	print_file("/proc/net/route");
	write_all(STDOUT, ".\n", 2);
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
			print_answer();
}

void hold_lease(unsigned long *signals)
{
	struct pollfd inputs[2];

	inputs[0].fd = STDIN;
	inputs[1].fd = open_signals(signals);
	inputs[0].events = inputs[1].events = POLLIN;
	print_answer();
	for (;;) {
		inputs[0].revents = inputs[1].revents = 0;
		if (call(SYS_ppoll, (long)inputs, 2, 0, 0, 0) <= 0)
			continue;
		if (inputs[1].revents)
			read_signal(inputs[1].fd);
		if (inputs[0].revents)
			answer_lines();
	}
}
