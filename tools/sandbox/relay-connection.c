/* The connections of the relay. */

#include "relay.h"
#include "sandbox.h"
#include "system.h"

struct connection connections[MOST_CONNECTIONS];
static unsigned char (*rings)[WINDOW];
static int in_use;

/* Asked for when needed: as part of the program they would be promised to every sandbox. */
void make_rings(void)
{
	long size = (long)MOST_CONNECTIONS * WINDOW;
	long end = call(SYS_brk, 0, 0, 0, 0, 0);

	if (call(SYS_brk, end + size, 0, 0, 0, 0) < end + size)
		fail(3, "no memory for ", "connections", 0);
	rings = (unsigned char (*)[WINDOW])end;
}

int connections_in_use(void)
{
	while (in_use > 0 && connections[in_use - 1].id == 0)
		in_use--;
	return in_use;
}

struct connection *find_connection(unsigned int id)
{
	for (int at = 0; at < in_use; at++)
		if (id != 0 && connections[at].id == id)
			return &connections[at];
	return 0;
}

static struct connection *find_place(void)
{
	for (int at = 0; at < MOST_CONNECTIONS; at++)
		if (connections[at].id == 0) {
			if (at >= in_use)
				in_use = at + 1;
			return &connections[at];
		}
	return 0;
}

/* A socket that is connecting or connected, or a negative error. */
static long start_connecting(const unsigned char *payload, unsigned int address_length)
{
	int is_ipv4 = address_length == 4;
	struct sockaddr_in ipv4 = { .family = AF_INET };
	struct sockaddr_in6 ipv6 = { .family = AF_INET6 };
	int type = payload[4] == UDP ? SOCK_DGRAM : SOCK_STREAM;
	int on = 1;
	long error;
	long fd = call(SYS_socket, is_ipv4 ? AF_INET : AF_INET6, type | O_NONBLOCK, 0, 0, 0);

	if (fd < 0)
		return fd;
	copy(ipv4.port, payload + 6, 2);
	copy(ipv6.port, payload + 6, 2);
	copy(is_ipv4 ? ipv4.address : ipv6.address, payload + 8, address_length);
	if (type == SOCK_STREAM)
		call(SYS_setsockopt, fd, IPPROTO_TCP, TCP_NODELAY, (long)&on, sizeof on);
	error = call(SYS_connect, fd, is_ipv4 ? (long)&ipv4 : (long)&ipv6, is_ipv4 ? sizeof ipv4 : sizeof ipv6, 0, 0);
	if (error == 0 || error == -EINPROGRESS)
		return fd;
	call(SYS_close, fd, 0, 0, 0, 0);
	return error;
}

void open_connection(unsigned int id, const unsigned char *payload, unsigned int address_length)
{
	struct connection *connection = find_place();
	long fd = connection ? start_connecting(payload, address_length) : -EMFILE;

	if (fd < 0) {
		put_number(CLOSE, id, (unsigned int)-fd);
		return;
	}
	*connection = (struct connection){ .id = id, .fd = (int)fd, .is_datagram = payload[4] == UDP, .is_connecting = 1,
					   .credit = read_number(payload) };
}

static void free_place(struct connection *connection)
{
	call(SYS_close, connection->fd, 0, 0, 0, 0);
	connection->id = 0;
}

static void close_connection(struct connection *connection, long error)
{
	put_number(CLOSE, connection->id, (unsigned int)error);
	free_place(connection);
}

/* Passes on an END once the peer has all that came before it; closes when both ways are done. */
static void finish(struct connection *connection)
{
	if (connection->is_datagram)
		return;
	if (connection->is_ended && !connection->is_shut && connection->count == 0 && !connection->is_connecting) {
		call(SYS_shutdown, connection->fd, SHUT_WR, 0, 0, 0);
		connection->is_shut = 1;
	}
	if (connection->is_shut && connection->is_drained)
		close_connection(connection, 0);
}

void take_end(struct connection *connection)
{
	connection->is_ended = 1;
	finish(connection);
}

/* As on any way, what there is no room for is lost. */
static void send_datagram(struct connection *connection, const unsigned char *payload, unsigned int length)
{
	long sent = call(SYS_write, connection->fd, (long)payload, length, 0, 0);

	connection->written += length + DATAGRAM_COST;
	if (sent < 0 && sent != -EAGAIN && sent != -EINTR)
		close_connection(connection, -sent);
}

void take_data(struct connection *connection, const unsigned char *payload, unsigned int length)
{
	unsigned char *ring = rings[connection - connections];
	unsigned int tail = (connection->head + connection->count) % WINDOW;
	unsigned int first = length < WINDOW - tail ? length : WINDOW - tail;

	if (connection->is_datagram) {
		send_datagram(connection, payload, length);
		return;
	}
	if (length > WINDOW - connection->count || connection->is_ended)
		fail(4, "broken frame: ", "more DATA than credit", 0);
	copy(ring + tail, payload, first);
	copy(ring, payload + first, length - first);
	connection->count += length;
}

/* 0 when the connection is over. */
static int write_to_peer(struct connection *connection)
{
	unsigned char *ring = rings[connection - connections];

	while (connection->count > 0) {
		unsigned int straight = WINDOW - connection->head;
		unsigned int length = connection->count < straight ? connection->count : straight;
		long written = call(SYS_write, connection->fd, (long)(ring + connection->head), length, 0, 0);
		if (written == -EINTR)
			continue;
		if (written == -EAGAIN)
			break;
		if (written < 0) {
			close_connection(connection, -written);
			return 0;
		}
		connection->head = (connection->head + (unsigned int)written) % WINDOW;
		connection->count -= (unsigned int)written;
		connection->written += (unsigned int)written;
	}
	if (connection->count == 0)
		connection->head = 0; /* so that few bytes touch little memory */
	if (connection->written >= WINDOW / 2) {
		put_number(CREDIT, connection->id, connection->written);
		connection->written = 0;
	}
	finish(connection);
	return connection->id != 0;
}

/* What was sent before still goes out as far as the kernel takes it at once. */
void drop_connection(struct connection *connection)
{
	if (connection->is_connecting || write_to_peer(connection))
		free_place(connection);
}

static long readable_bytes(const struct connection *connection)
{
	long room = data_room();

	if (connection->is_datagram)
		return room >= MOST_DATAGRAM && connection->credit >= MOST_DATAGRAM + DATAGRAM_COST ? MOST_DATAGRAM : 0;
	if (room > MOST_DATA)
		room = MOST_DATA;
	return connection->credit < room ? (long)connection->credit : room;
}

int may_read(const struct connection *connection)
{
	return !connection->is_drained && readable_bytes(connection) > 0;
}

static void read_from_peer(struct connection *connection)
{
	long got = call(SYS_read, connection->fd, (long)data_place(), readable_bytes(connection), 0, 0);

	if (got == -EINTR || got == -EAGAIN)
		return;
	if (got < 0) {
		close_connection(connection, -got);
		return;
	}
	if (connection->is_datagram)
		connection->credit -= DATAGRAM_COST;
	if (got > 0 || connection->is_datagram) {
		connection->credit -= (unsigned int)got;
		put_data(connection->id, (unsigned int)got);
		return;
	}
	connection->is_drained = 1;
	put_frame(END, connection->id);
	finish(connection);
}

static void end_connecting(struct connection *connection)
{
	int error = 0;
	int size = sizeof error;

	call(SYS_getsockopt, connection->fd, SOL_SOCKET, SO_ERROR, (long)&error, (long)&size);
	if (error) {
		close_connection(connection, error);
		return;
	}
	connection->is_connecting = 0;
	put_frame(OPENED, connection->id);
	finish(connection);
}

void serve(struct connection *connection, int events)
{
	if (connection->is_connecting) {
		end_connecting(connection);
		return;
	}
	if ((events & (POLLOUT | POLLERR | POLLHUP)) && !write_to_peer(connection))
		return;
	if ((events & (POLLIN | POLLERR | POLLHUP)) && may_read(connection))
		read_from_peer(connection);
}

void credit_datagrams(void)
{
	for (int at = 0; at < in_use; at++)
		if (connections[at].id != 0 && connections[at].is_datagram && connections[at].written > 0) {
			put_number(CREDIT, connections[at].id, connections[at].written);
			connections[at].written = 0;
		}
}
