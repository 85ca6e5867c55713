using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

/// <summary>How slots sleep and are woken.</summary>
public sealed class LeaseQueueTests
{
    private readonly LeaseQueue _queue = new();
    private readonly LeaseGrant _grant = new(new WorkerIdentity("w", shard: 0), TestJob.NoHome, LeaseToken.Format("w", 1, 1), 0, 1, TimeProvider.System);

    [Fact]
    public void One_slot_is_woken_for_many_jobs_and_wakes_the_next_when_it_has_found_one()
    {
        var slots = Sleeping(3);

        Add(2);

        slots.Select(static slot => slot.IsAwake).Should().Equal([false, false, true], "the one that went to sleep last");
        slots[2].Look().Should().NotBeNull();
        slots.Select(static slot => slot.IsAwake).Should().Equal(false, true, true);
        slots[1].Look().Should().NotBeNull();
        slots[0].IsAwake.Should().BeFalse("nothing is left for it");
    }

    [Fact]
    public void A_slot_that_is_woken_for_nothing_sleeps_again_and_the_next_job_wakes_one()
    {
        var slots = Sleeping(1);
        Add(1);
        _queue.Take().Should().NotBeNull("it is handed back meanwhile");

        slots[0].Look().Should().BeNull();
        slots[0].IsAwake.Should().BeFalse();
        Add(1);

        slots[0].IsAwake.Should().BeTrue();
        slots[0].Look().Should().NotBeNull();
    }

    [Fact]
    public void Jobs_that_come_while_all_slots_are_busy_are_taken_by_those_that_look_again()
    {
        var slot = new Slot(_queue);
        Add(2);

        slot.Look().Should().NotBeNull();
        slot.Look().Should().NotBeNull();
        slot.Look().Should().BeNull();
        slot.IsAwake.Should().BeFalse();
    }

    [Fact]
    public void At_the_end_what_is_left_is_taken_and_every_slot_hears_of_it()
    {
        var slots = Sleeping(2);
        Add(1);

        _queue.Complete();

        slots.Should().OnlyContain(static slot => slot.IsAwake);
        slots[0].Look().Should().NotBeNull();
        slots[0].IsAtEnd.Should().BeFalse();
        slots[0].Look();
        slots[1].Look();
        slots.Should().OnlyContain(static slot => slot.IsAtEnd);
    }

    private Slot[] Sleeping(int count)
    {
        Slot[] slots = [.. Enumerable.Range(0, count).Select(_ => new Slot(_queue))];
        foreach (var slot in slots)
        {
            slot.Look().Should().BeNull();
        }

        return slots;
    }

    private void Add(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _queue.Add(new Lease(_grant, TestJob.DefaultLine, TestJob.IdBytes($"{i:0000}"), []));
        }
    }

    /// <summary>Does by hand what an executor's loop does.</summary>
    private sealed class Slot(LeaseQueue queue)
    {
        private readonly LeaseWaiter _waiter = new();
        private bool _sleeps;

        public bool IsAtEnd { get; private set; }

        public bool IsAwake
        {
            get
            {
                var woken = _waiter.WaitAsync();
                return !_sleeps || woken.IsCompleted;
            }
        }

        public Lease? Look()
        {
            IsAtEnd = !queue.TryTakeOrSleep(_waiter, isAwake: _sleeps, out var lease);
            _sleeps = !IsAtEnd && lease is null;
            return lease;
        }
    }
}
