/*
 * miss.pml - a slot of a miss is overwritten while it is read.
 *
 * The slot has a number and two words, which are always written alike: 1 1, or
 * 2 2 and so on. The writer makes the number odd, writes the words in any
 * order, and makes it even again. The reader believes what it read between two
 * equal even numbers.
 *
 * -DNO_FENCE lets the words become visible before the odd number, and
 * -DNO_SECOND leaves out the second look: then the claim must fail.
 */
#define WRITES 3

byte seq = 0, word_a = 1, word_b = 1;

active proctype writer()
{
	byte value = 2, done;

	do
	:: value <= WRITES ->
		done = 0;
#ifdef NO_FENCE
		do
		:: (done & 1) == 0 -> word_a = value; done = done | 1
		:: (done & 2) == 0 -> word_b = value; done = done | 2
		:: (done & 4) == 0 -> seq = seq + 1; done = done | 4
		:: done == 7 -> break
		od;
#else
		seq = seq + 1;  /* relaxed, and a release fence after it */
		do
		:: (done & 1) == 0 -> word_a = value; done = done | 1
		:: (done & 2) == 0 -> word_b = value; done = done | 2
		:: done == 3 -> break
		od;
#endif
		seq = seq + 1;  /* store-release */
		value++
	:: else -> break
	od
}

active [2] proctype reader()
{
	byte before, after, a, b;

	before = seq;           /* load-acquire */
	if
	:: a = word_a; b = word_b
	:: b = word_b; a = word_a
	fi;
	/* An acquire fence: the second look is after the words. */
#ifdef NO_SECOND
	after = before;
#else
	after = seq;
#endif
	assert(before % 2 == 1 || before != after || a == b);
}
