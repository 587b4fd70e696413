/* What relay.c, relay-connection.c and relay-output.c share. The protocol stands in relay.c. */

#ifndef RELAY_H
#define RELAY_H

enum { READY = 1, OPEN, OPENED, DATA, CREDIT, END, CLOSE };
enum { TCP = 6, UDP = 17, HEADER_SIZE = 8, MOST_CONNECTIONS = 512, WINDOW = 128 * 1024 };
/* Of DATA: at once, in one datagram, and what each of these takes of the credit beside its bytes. */
enum { MOST_DATA = 32 * 1024, MOST_DATAGRAM = 65527, DATAGRAM_COST = 64 };

struct connection {
	unsigned int id; /* 0: the place is free */
	int fd;
	int is_datagram;      /* nothing waits for the peer, and no way ends by itself */
	int is_connecting;
	int is_ended;         /* no more comes from the other end … */
	int is_shut;          /* … and the peer knows */
	int is_drained;       /* no more comes from the peer */
	unsigned int credit;  /* bytes the other end takes */
	unsigned int written; /* credit the peer used up since the last CREDIT */
	unsigned int head, count; /* what waits for the peer, in its ring */
};

/* relay-connection.c */
extern struct connection connections[MOST_CONNECTIONS];
void make_rings(void);
/* All places from here on are free. */
int connections_in_use(void);
struct connection *find_connection(unsigned int id);
/* `payload` is that of an OPEN, with an address of so many bytes. */
void open_connection(unsigned int id, const unsigned char *payload, unsigned int address_length);
void take_data(struct connection *connection, const unsigned char *payload, unsigned int length);
void take_end(struct connection *connection);
void drop_connection(struct connection *connection);
int may_read(const struct connection *connection);
void serve(struct connection *connection, int events);
/* Credit for the datagrams that were taken. */
void credit_datagrams(void);

/* relay-output.c */
unsigned int read_number(const unsigned char *bytes);
/* Where frames go. */
extern int output_file;
void put_ready(void);
void put_frame(int type, unsigned int id);
void put_number(int type, unsigned int id, unsigned int number);
/* Where the payload of a DATA frame goes, and for how much of it there is room. */
unsigned char *data_place(void);
long data_room(void);
void put_data(unsigned int id, unsigned int length);
int has_output(void);
int has_room_for_input(void);
void write_output(void);

#endif
