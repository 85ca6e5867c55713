using JobQueue.Redis;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

public sealed class PriorityOrderTests
{
    private static readonly JobPriority[] All = [JobPriority.Critical, JobPriority.High, JobPriority.Normal, JobPriority.Low];

    [Fact]
    public void Strict_is_the_most_urgent_first_whatever_was_taken()
    {
        var order = new PriorityOrder(weights: null);
        order.Took([new LeasedRun("critical|a", 100)], filled: true);

        order.Next().Should().Be("critical,high,normal,low");
    }

    [Fact]
    public void Weighted_shares_hold_over_fetches_of_any_size_while_all_wait()
    {
        var order = new PriorityOrder(new PriorityWeights());
        var taken = new int[All.Length];
        var sizes = new Random(7);
        for (var sum = 0; sum < 100_000;)
        {
            var size = sizes.Next(1, 121);
            var first = FirstOf(order);
            taken[(int)first] += size;
            sum += size;
            order.Took([new LeasedRun(first.ToWord() + "|default", size)], filled: true);
        }

        var shares = taken.Select(count => 100.0 * count / taken.Sum()).ToArray();
        shares[0].Should().BeApproximately(50, 0.5);
        shares[1].Should().BeApproximately(30, 0.5);
        shares[2].Should().BeApproximately(15, 0.5);
        shares[3].Should().BeApproximately(5, 0.5);
    }

    [Fact]
    public void A_priority_with_nothing_waiting_keeps_no_claim_for_later()
    {
        var order = new PriorityOrder(new PriorityWeights());
        for (var fetch = 0; fetch < 100; fetch++)
        {
            order.Next();
            order.Took([new LeasedRun("low|default", 10)], filled: false);
        }

        // Now all four wait: whoever was empty so long must not hold the pool for a thousand jobs.
        var taken = new int[All.Length];
        for (var fetch = 0; fetch < 100; fetch++)
        {
            var first = FirstOf(order);
            taken[(int)first]++;
            order.Took([new LeasedRun(first.ToWord() + "|default", 1)], filled: true);
        }

        taken[0].Should().BeInRange(45, 55);
        taken[3].Should().BePositive();
    }

    [Fact]
    public void One_that_was_found_empty_before_the_limit_was_filled_keeps_no_claim_either()
    {
        var order = new PriorityOrder(new PriorityWeights());
        for (var fetch = 0; fetch < 1_000; fetch++)
        {
            // Only the lowest waits, and a lot of it: each fetch looks at the others first.
            order.Next();
            order.Took([new LeasedRun("low|default", 10)], filled: true);
        }

        var firsts = new List<JobPriority>();
        for (var fetch = 0; fetch < 20; fetch++)
        {
            var first = FirstOf(order);
            firsts.Add(first);
            order.Took([new LeasedRun(first.ToWord() + "|default", 10)], filled: true);
        }

        firsts.Count(static priority => priority == JobPriority.Critical).Should().BeInRange(8, 12);
    }

    [Fact]
    public void One_that_has_run_alone_for_long_is_not_made_to_wait_for_it()
    {
        var order = new PriorityOrder(new PriorityWeights());
        for (var fetch = 0; fetch < 1_000; fetch++)
        {
            order.Next();
            order.Took([new LeasedRun("low|default", 100)], filled: true);
        }

        var firsts = new List<JobPriority>();
        for (var fetch = 0; fetch < 100; fetch++)
        {
            var first = FirstOf(order);
            firsts.Add(first);
            order.Took([new LeasedRun(first.ToWord() + "|default", 100)], filled: true);
        }

        firsts.Count(static priority => priority == JobPriority.Low).Should().BeInRange(4, 6);
    }

    [Fact]
    public void Two_that_wait_share_by_their_weights_whatever_the_empty_ones_weigh()
    {
        var order = new PriorityOrder(new PriorityWeights());
        var taken = new int[All.Length];
        for (var fetch = 0; fetch < 10_000; fetch++)
        {
            var first = order.Next().Split(',').Select(static word => All.Single(priority => priority.ToWord() == word))
                .First(static priority => priority is JobPriority.High or JobPriority.Normal);
            taken[(int)first] += 7;
            order.Took([new LeasedRun(first.ToWord() + "|default", 7)], filled: true);
        }

        (100.0 * taken[1] / taken.Sum()).Should().BeApproximately(66.7, 0.5, "30 to 15");
    }

    [Fact]
    public void Equal_claims_go_to_the_more_urgent()
        => new PriorityOrder(new PriorityWeights { Critical = 1, High = 1, Normal = 1, Low = 1 }).Next().Should().Be("critical,high,normal,low");

    private static JobPriority FirstOf(PriorityOrder order)
    {
        var word = order.Next().Split(',')[0];
        return All.Single(priority => priority.ToWord() == word);
    }
}
