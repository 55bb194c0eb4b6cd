/*
 * miss.pml - a slot of a miss is written again while it is read.
 *
 * The slot has a number, a time and two words, which are those of question 1,
 * of 2, or of 3; a time of 0 is over. The front writes it three times and ends
 * what is there twice (write_miss(), lw_map_file_forget_misses() in
 * map_miss.c). The reader loads the number, then all else in any order, then
 * the number again (is_miss() in map.c).
 *
 * Claim: what is believed is all of one question.
 *
 * What is taken away, and then the claim must fail:
 * -DNO_ODD            the number is not odd meanwhile
 * -DNO_FENCE          no release fence behind the odd number
 * -DNO_RELEASE        the next even number is stored relaxed
 * -DNO_ACQUIRE        the number is loaded relaxed
 * -DNO_ACQUIRE_FENCE  no acquire fence before the second look at it
 * -DNO_SECOND         no second look at it
 */
#define NUMBER 0
#define WHAT   1
#define UNTIL  2
#define WORD   3
#define WORDS  4
#define STORES 20
#include "weak.pml"

inline write_miss(question)
{
#ifndef NO_ODD
	relaxed(NUMBER, mine[NUMBER] | 1);
#endif
#ifndef NO_FENCE
	release_fence();
#endif
	relaxed(WHAT, question);
	relaxed(UNTIL, question);
	relaxed(WORD, question);
#ifdef NO_RELEASE
	relaxed(NUMBER, (mine[NUMBER] | 1) + 1);
#else
	release(NUMBER, (mine[NUMBER] | 1) + 1);
#endif
}

inline forget()
{
	release(UNTIL, 0)
}

/* The reader's loads, as bits: which are done. */
#define FIRST    1
#define HAS_WHAT 2
#define HAS_TIME 4
#define HAS_WORD 8
#define SECOND   16

#ifdef NO_ACQUIRE
#define ACQUIRED 0
#else
#define ACQUIRED FIRST
#endif

#ifdef NO_ACQUIRE_FENCE
#define ALL_READ 0
#else
#define ALL_READ (HAS_WHAT | HAS_TIME | HAS_WORD)
#endif

#define LOAD(bit, behind, ret, word) \
	atomic { \
		!(done & (bit)) && (done & (behind)) == (behind) -> \
			ret = mem[word]; \
			done = done | (bit) \
	}

proctype reader()
{
	byte first, second, is, until, text, done = 0;

	do
	:: LOAD(FIRST, 0, first, NUMBER)
	:: LOAD(HAS_WHAT, ACQUIRED, is, WHAT)
	:: LOAD(HAS_TIME, ACQUIRED, until, UNTIL)
	:: LOAD(HAS_WORD, ACQUIRED, text, WORD)
	/* Two loads of one word are never the wrong way round. */
	:: LOAD(SECOND, FIRST | ALL_READ, second, NUMBER)
	:: done == 31 -> break
	od;
#ifdef NO_SECOND
	second = first;
#endif
	if
	:: first % 2 == 0 && first == second && until != 0 ->
		assert(is == until && text == until)
	:: else
	fi
}

init {
	atomic {
		write_miss(1);
		forget();
		write_miss(2);
		forget();
		write_miss(3);
		run memory();
		run reader()
	}
}
