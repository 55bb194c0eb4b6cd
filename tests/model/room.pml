/*
 * room.pml - a map is unmapped only when nobody reads it any more.
 *
 * Readers: look which seat is now, count themselves in at its door, look again
 * and go in, or count themselves out and begin anew. The opener: finds a seat
 * that is not now and has no reader, empties it, fills it and makes it now.
 * All these are sequentially consistent in map_room.c.
 *
 * -DNO_SECOND leaves out the readers' second look: then the claim must fail.
 */
#define SEATS  3
#define OPENED 3

byte now = 1;
byte readers[4];
bool mapped[4];
byte opened = 0;

proctype reader()
{
	byte seat, rounds = 0;

	do
	:: rounds < 2 ->
again:
		seat = now;
		readers[seat]++;
#ifndef NO_SECOND
		if
		:: now != seat -> readers[seat]--; goto again
		:: else
		fi;
#endif
		assert(mapped[seat]);
		assert(mapped[seat]);   /* at any moment until it leaves */
		readers[seat]--;
		rounds++
	:: else -> break
	od
}

proctype opener()
{
	byte seat;

	do
	:: opened < OPENED ->
		/* Any seat that is not now; one with a reader is left. */
		select (seat : 1 .. SEATS);
		if
		:: seat != now ->
			if
			:: readers[seat] == 0 ->
				mapped[seat] = false;
				mapped[seat] = true;
				now = seat;
				opened++
			:: else
			fi
		:: else
		fi
	:: else -> break
	od
}

init {
	atomic {
		mapped[1] = true;
		run opener();
		run reader();
		run reader()
	}
}
