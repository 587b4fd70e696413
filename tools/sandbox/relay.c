/*
 * sandbox relay [SOCKET]: TCP connections, and UDP, from the network namespace it runs in, many over one
 * stdin and stdout, or over the unix socket: bytes then need not pass through an engine.
 *
 * Both ways go frames: type (1 byte), 0, length of the payload (2), id of the connection (4), payload. Numbers are
 * big-endian. The other end numbers connections, from 1, and uses no number twice.
 *
 *   READY   <-   most connections at once (4), window (4): bytes a connection takes before the first CREDIT
 *   OPEN    ->   credit (4): bytes the other end takes, protocol (1): 6 or 17, 0, port (2), address (4 or 16)
 *   OPENED  <-   it is connected; of UDP, that there is a way
 *   DATA    <->  1 to 32768 bytes, never more than there is credit for; of UDP one datagram of 0 to 65527 bytes, which
 *                takes 64 more of the credit
 *   CREDIT  <->  this many bytes more (4)
 *   END     <->  no more DATA from here: the other way stays open
 *   CLOSE   <->  it is over, its number means nothing any more. From here with an error number (4): 0 after an END
 *                each way; the answer to an OPEN that failed; of UDP when the peer says that nobody listens
 *
 * What a connection has not taken waits in its ring, at most a window; what the other end has not taken stays in the
 * kernel: a slow connection neither grows memory nor holds up others. A datagram never waits here, so the kernel drops
 * what it has no room for. Exits 0 when stdin ends, 3 when
 * there is no socket, 4 on a broken frame.
 */

#include "relay.h"
#include "sandbox.h"
#include "system.h"

enum { INPUT_SIZE = 96 * 1024, OPEN_SIZE = 8, IPV4_SIZE = 4, IPV6_SIZE = 16 };
enum { ON_INPUT, ON_OUTPUT, ON_SIGNAL, ON_STDIN, ON_CONNECTION };

static unsigned char input[INPUT_SIZE];
static long input_length;
static int input_file; /* stdin */
static struct pollfd polls[ON_CONNECTION + MOST_CONNECTIONS];

static void refuse_frame(const char *why)
{
	fail(4, "broken frame: ", why, 0);
}

static void take_frame(int type, unsigned int id, const unsigned char *payload, unsigned int length)
{
	struct connection *connection = find_connection(id);

	if (type == OPEN && (length == OPEN_SIZE + IPV4_SIZE || length == OPEN_SIZE + IPV6_SIZE) && id != 0 && !connection)
		open_connection(id, payload, length - OPEN_SIZE);
	else if (type == OPEN)
		refuse_frame("OPEN");
	else if (!connection)
		return; /* sent before its end was known there */
	else if (type == DATA)
		take_data(connection, payload, length);
	else if (type == CREDIT && length == 4)
		connection->credit += read_number(payload);
	else if (type == END)
		take_end(connection);
	else if (type == CLOSE)
		drop_connection(connection);
	else
		refuse_frame("unknown type");
}

static void take_input(void)
{
	long at = 0;
	long got = call(SYS_read, input_file, (long)(input + input_length), INPUT_SIZE - input_length, 0, 0);

	if (got == -EAGAIN || got == -EINTR)
		return;
	if (got <= 0)
		leave(got < 0);
	input_length += got;
	while (input_length - at >= HEADER_SIZE) {
		const unsigned char *header = input + at;
		unsigned int length = (unsigned int)header[2] << 8 | header[3];
		if (length > MOST_DATAGRAM)
			refuse_frame("length");
		if (input_length - at < HEADER_SIZE + (long)length)
			break;
		take_frame(header[0], read_number(header + 4), header + HEADER_SIZE, length);
		at += HEADER_SIZE + length;
	}
	copy(input, input + at, input_length - at);
	input_length -= at;
}

/* Nothing to wait for is no descriptor: poll would go on to tell of a connection that broke. */
static void await(int at, int fd, int events)
{
	polls[at].fd = events ? fd : -1;
	polls[at].events = (short)events;
	polls[at].revents = 0;
}

static int wanted_from(const struct connection *connection)
{
	if (connection->id == 0)
		return 0;
	if (connection->is_connecting)
		return POLLOUT;
	return (connection->count > 0 ? POLLOUT : 0) | (may_read(connection) ? POLLIN : 0);
}

static void use_socket(const char *path)
{
	static struct sockaddr_un peer;
	long length = length_of(path);
	long fd = call(SYS_socket, AF_UNIX, SOCK_STREAM, 0, 0, 0);
	long error = fd;

	if (length < (long)sizeof peer.path && fd >= 0) {
		peer.family = AF_UNIX;
		copy(peer.path, path, length);
		error = call(SYS_connect, fd, (long)&peer, sizeof peer, 0, 0);
	}
	if (length >= (long)sizeof peer.path || error < 0)
		fail(3, "cannot connect to ", path, -error);
	input_file = output_file = (int)fd;
}

/* It says nothing but that it has ended. */
static void watch_stdin(void)
{
	char ignored[256];
	long got = call(SYS_read, STDIN, (long)ignored, sizeof ignored, 0, 0);

	if (got <= 0 && got != -EAGAIN && got != -EINTR)
		leave(got < 0);
}

void run_relay(unsigned long *signals, const char *socket_path)
{
	int signal_file = open_signals(signals);

	output_file = STDOUT;
	if (socket_path)
		use_socket(socket_path);
	call(SYS_fcntl, STDIN, F_SETFL, O_NONBLOCK, 0, 0);
	call(SYS_fcntl, input_file, F_SETFL, O_NONBLOCK, 0, 0);
	call(SYS_fcntl, output_file, F_SETFL, O_NONBLOCK, 0, 0);
	make_rings();
	put_ready();
	for (;;) {
		int count = connections_in_use();
		credit_datagrams();
		write_output();
		await(ON_INPUT, input_file, has_room_for_input() ? POLLIN : 0);
		await(ON_OUTPUT, output_file, has_output() ? POLLOUT : 0);
		await(ON_STDIN, STDIN, socket_path ? POLLIN : 0);
		await(ON_SIGNAL, signal_file, POLLIN);
		for (int at = 0; at < count; at++)
			await(ON_CONNECTION + at, connections[at].fd, wanted_from(&connections[at]));
		if (call(SYS_ppoll, (long)polls, ON_CONNECTION + count, 0, 0, 0) <= 0)
			continue;
		if (polls[ON_SIGNAL].revents)
			read_signal(signal_file);
		for (int at = 0; at < count; at++)
			if (polls[ON_CONNECTION + at].revents)
				serve(&connections[at], polls[ON_CONNECTION + at].revents);
		if (polls[ON_STDIN].revents)
			watch_stdin();
		if (polls[ON_INPUT].revents)
			take_input();
	}
}
