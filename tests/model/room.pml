/*
 * room.pml - a map is unmapped only when nobody reads it any more.
 *
 * Readers look which seat is now, count themselves in at their door of it, look
 * again, and go in or count themselves out (lw_map_sit_down()). Two threads
 * open: one at a time finds what is not now and has nobody at either of its
 * doors, unmaps that, maps another file there and makes it now (free_seat(),
 * open_another()). What is atomic_*() without an order in map_room.[ch] is
 * sequentially consistent, and so is a model. The weaker orders are taken away
 * by writing down what they would allow.
 *
 * Claim: what a reader has is mapped as long as it has it.
 *
 * What is taken away, and then the claim must fail:
 * -DNO_SECOND    the readers do not look again
 * -DLOOK_EARLY   they look again before they are seen to be counted in
 * -DREAD_EARLY   they load where the map is before they look again
 * -DLEAVE_EARLY  they are seen to be counted out before they have read
 * -DNO_COUNT     the opener does not count
 * -DONE_DOOR     the opener counts at one door alone
 * -DCOUNT_EARLY  the opener counts before what it made now is seen
 * -DFILL_LATE    the seat is seen to be now before its map is there
 * -DTWO_OPEN     two open at a time
 */
#define SEATS  3
#define OPENED 3
#define TURNS  1

#define DOOR(seat, who) (2 * (seat) + (who))

byte now = 1;
byte readers[8];
byte map[4];    /* of each seat: the number of a mapping; 0: none */
bool mapped[6]; /* each mapping has a number of its own */
byte opened = 0;
bool opening = false;

proctype reader(byte who)
{
	byte seat, has, turns = 0;

	do
	:: turns < TURNS ->
		seat = now;
#ifdef LOOK_EARLY
		has = now;
		readers[DOOR(seat, who)]++;
#else
		readers[DOOR(seat, who)]++;
#ifdef READ_EARLY
		byte early = map[seat];
#endif
		has = now;
#endif
#ifdef NO_SECOND
		has = seat;
#endif
		if
		:: has == seat ->
			has = map[seat];
#ifdef READ_EARLY
			has = early;
#endif
			assert(mapped[has]);
#ifdef LEAVE_EARLY
			readers[DOOR(seat, who)]--;
			assert(mapped[has]);
#else
			assert(mapped[has]);
			readers[DOOR(seat, who)]--;
#endif
			turns++
		:: else -> readers[DOOR(seat, who)]--
		fi
	:: else -> break
	od
}

#ifdef COUNT_EARLY
byte late = 0; /* stored by the opener, which knows it, and not yet seen */

proctype memory()
{
end:
	do
	:: atomic { late != 0 -> now = late; late = 0 }
	od
}
#define NOW (late != 0 -> late : now)
#define MAKE_NOW(seat) late == 0; late = seat
#else
#define NOW now
#define MAKE_NOW(seat) now = seat
#endif

proctype opener()
{
	byte seat, old, at;
	bool is_read;

	do
	:: opened < OPENED ->
#ifndef TWO_OPEN
		atomic { !opening -> opening = true };
#endif
		old = NOW;
		seat = 0;
		at = 1;
		do
		:: at <= SEATS && at != old ->
			is_read = false;
#ifndef NO_COUNT
			is_read = readers[DOOR(at, 0)] != 0;
#ifndef ONE_DOOR
			is_read = is_read || readers[DOOR(at, 1)] != 0;
#endif
#endif
			if
			:: !is_read ->
				mapped[map[at]] = false;
				map[at] = 0;
				seat = at
			:: else
			fi;
			at++
		:: at <= SEATS && at == old -> at++
		:: else -> break
		od;
		if
		:: seat != 0 && opened < OPENED ->
#ifdef FILL_LATE
			MAKE_NOW(seat);
#endif
			atomic {
				opened++;
				mapped[opened + 1] = true;
				map[seat] = opened + 1
			};
#ifndef FILL_LATE
			MAKE_NOW(seat);
#endif
		:: else
		fi;
		opening = false
	:: else -> break
	od
}

init {
	atomic {
		map[1] = 1;
		mapped[1] = true;
#ifdef COUNT_EARLY
		run memory();
#endif
		run opener();
		run opener();
		run reader(0);
		run reader(1)
	}
}
