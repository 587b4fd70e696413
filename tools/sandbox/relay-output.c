/* Frames on their way to stdout. */

#include "relay.h"
#include "sandbox.h"
#include "system.h"

/*
 * DATA leaves RESERVE free for the frames that cannot wait. Between two reads of stdin a connection has at most two
 * CREDIT, an OPENED, an END and a CLOSE, 52 bytes; a read of stdin adds less than it is long.
 */
enum { OUTPUT_SIZE = 320 * 1024, RESERVE = 128 * 1024 };

static unsigned char output[OUTPUT_SIZE];
static long start, end;
int output_file; /* set when it begins: bytes that are not 0 would make a page of their own in the program */

unsigned int read_number(const unsigned char *bytes)
{
	return (unsigned int)bytes[0] << 24 | (unsigned int)bytes[1] << 16 | (unsigned int)bytes[2] << 8 | bytes[3];
}

static void write_number(unsigned char *bytes, unsigned int number)
{
	bytes[0] = (unsigned char)(number >> 24);
	bytes[1] = (unsigned char)(number >> 16);
	bytes[2] = (unsigned char)(number >> 8);
	bytes[3] = (unsigned char)number;
}

/* Returns the payload's place. */
static unsigned char *put_header(int type, unsigned int id, unsigned int length)
{
	unsigned char *header = output + end;

	if (end + HEADER_SIZE + (long)length > OUTPUT_SIZE)
		fail(5, "no room for ", "output", 0);
	header[0] = (unsigned char)type;
	header[1] = 0;
	header[2] = (unsigned char)(length >> 8);
	header[3] = (unsigned char)length;
	write_number(header + 4, id);
	end += HEADER_SIZE + length;
	return header + HEADER_SIZE;
}

void put_frame(int type, unsigned int id)
{
	put_header(type, id, 0);
}

void put_number(int type, unsigned int id, unsigned int number)
{
	write_number(put_header(type, id, 4), number);
}

void put_ready(void)
{
	unsigned char *payload = put_header(READY, 0, 8);

	write_number(payload, MOST_CONNECTIONS);
	write_number(payload + 4, WINDOW);
}

unsigned char *data_place(void)
{
	return output + end + HEADER_SIZE;
}

long data_room(void)
{
	return OUTPUT_SIZE - RESERVE - HEADER_SIZE - end;
}

void put_data(unsigned int id, unsigned int length)
{
	put_header(DATA, id, length);
}

int has_output(void)
{
	return start < end;
}

int has_room_for_input(void)
{
	return OUTPUT_SIZE - end >= RESERVE;
}

void write_output(void)
{
	while (start < end) {
		long written = call(SYS_write, output_file, (long)(output + start), end - start, 0, 0);
		if (written == -EINTR)
			continue;
		if (written == -EAGAIN)
			break;
		if (written <= 0)
			leave(1);
		start += written;
	}
	/* From half on what is left is the smaller part: no byte moves twice. */
	if (start == end || start >= OUTPUT_SIZE / 2) {
		copy(output, output + start, end - start);
		end -= start;
		start = 0;
	}
}
