using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// Builds the keys that jobs and workers in each state have. Jobs are named as <see cref="TestJob"/> says; a line is
/// <c>&lt;priority&gt;|&lt;queue&gt;</c>. Waiting jobs are named oldest first.
/// </summary>
internal sealed class StoreSeed(Store store, long now)
{
    private readonly List<Task> _writes = [];

    /// <summary>Jobs waiting in the default line, the first named at the front.</summary>
    public StoreSeed Pending(params string[] names) => PendingIn(TestJob.DefaultLine, names);

    /// <summary>Jobs waiting in a line, the first named at the front.</summary>
    public StoreSeed PendingIn(string line, params string[] names)
    {
        foreach (var name in names)
        {
            Record(name, line);
        }

        return Listed(line, names);
    }

    /// <summary>Ids in a line's list without records.</summary>
    public StoreSeed Listed(string line, params string[] names)
    {
        Write(db => db.ListLeftPushAsync(store.Key(TestJob.List(line)), [.. names.Select(static name => (RedisValue)TestJob.IdText(name))]));
        Write(db => db.SetAddAsync(store.Key("ready"), line));
        return Known(line);
    }

    /// <summary>A job that is due in, or with a negative time was due before, so long.</summary>
    public StoreSeed Scheduled(string name, TimeSpan due, string line = TestJob.DefaultLine) => Timed("scheduled", name, due, line);

    /// <summary>A job that failed and is due again in so long.</summary>
    public StoreSeed Retrying(string name, TimeSpan due, string line = TestJob.DefaultLine) => Timed("retrying", name, due, line);

    /// <summary>A job leased under <see cref="TestJob.Token"/>. The worker is not made live by it.</summary>
    public StoreSeed Running(string name, string worker = "w", long fetchNumber = 1, string line = TestJob.DefaultLine)
    {
        Record(name, line);
        Write(db => db.HashSetAsync(store.Key("running"), TestJob.IdText(name), TestJob.Token(worker, fetchNumber)));
        return Known(line);
    }

    /// <summary>A running job that was asked to stop.</summary>
    public StoreSeed Cancelling(string name, string worker = "w", long fetchNumber = 1, string line = TestJob.DefaultLine)
    {
        Write(db => db.SetAddAsync(store.Key("cancelling"), TestJob.IdText(name)));
        return Running(name, worker, fetchNumber, line);
    }

    /// <summary>A dead letter that died so long ago, in the group of its fingerprint if it has one.</summary>
    public StoreSeed Dead(string name, TimeSpan age = default, string line = TestJob.DefaultLine, string? fingerprint = null)
    {
        Record(name, line, TerminalStatus.Failed, fingerprint);
        if (fingerprint is not null)
        {
            Hash("dead:groups", fingerprint, $$"""{"handler":"work","error":"{{fingerprint}}"}""");
            SortedSet("dead:" + fingerprint, TestJob.IdText(name), -age);
        }

        return SortedSet("dead", TestJob.IdText(name), -age).Known(line);
    }

    /// <summary>A job that ended so long ago, and is the newest of its list; the list's sum of bytes grows by its record.</summary>
    public StoreSeed Finished(TerminalStatus status, string name, TimeSpan age = default, string line = TestJob.DefaultLine)
    {
        var list = status == TerminalStatus.Completed ? "completed" : "cancelled";
        var length = Record(name, line, status);
        var entry = string.Create(CultureInfo.InvariantCulture, $"{TestJob.IdText(name)}|{now - (long)age.TotalMilliseconds}|{length}");
        Write(db => db.ListLeftPushAsync(store.Key(list), entry));
        Write(db => db.HashIncrementAsync(store.Key("stats"), list + "_bytes", length));
        return Known(line);
    }

    public StoreSeed Completed(string name, string line = TestJob.DefaultLine) => Finished(name, line, TerminalStatus.Completed, "completed");

    public StoreSeed Cancelled(string name, string line = TestJob.DefaultLine) => Finished(name, line, TerminalStatus.Cancelled, "cancelled");

    /// <summary>Marks a waiting job as cancelled or deleted: it has no record any more, and fetch drops it.</summary>
    public StoreSeed Tombstone(string name, string line = TestJob.DefaultLine)
    {
        Write(db => db.HashSetAsync(store.Key("tombstones"), TestJob.IdText(name), line));
        Write(db => db.HashIncrementAsync(store.Key("tombstones:count"), line));
        Write(db => db.KeyDeleteAsync(store.Key("job:" + TestJob.IdText(name))));
        return this;
    }

    /// <summary>What is kept beside a job while it lives: a crash count and its progress.</summary>
    public StoreSeed Traces(string name)
    {
        Write(db => db.HashSetAsync(store.Key("crashes"), TestJob.IdText(name), "1"));
        Write(db => db.HashSetAsync(store.Key("progress"), TestJob.IdText(name), "50"));
        return this;
    }

    /// <summary>A job's name in the index of those that have a log or results of steps.</summary>
    public StoreSeed Attached(string name) => Hash("attached", TestJob.IdText(name), 1);

    /// <summary>A worker whose heartbeat deadline is an hour ahead.</summary>
    public StoreSeed Worker(string worker) => WorkerUntil(worker, TimeSpan.FromHours(1));

    /// <summary>A worker whose heartbeat deadline passed an hour ago, and that nobody has declared lost yet.</summary>
    public StoreSeed SilentWorker(string worker) => WorkerUntil(worker, TimeSpan.FromHours(-1));

    /// <summary>A worker that waits for work for an hour: of one queue, or of all.</summary>
    public StoreSeed Idle(string worker, string? queue = null, TimeSpan? until = null)
        => SortedSet(queue is null ? "idle" : "idle:" + queue, worker, until ?? TimeSpan.FromHours(1));

    /// <summary>The highest fetch number that a worker may not use again.</summary>
    public StoreSeed Floor(string worker, long fetchNumber) => Hash("floors", worker, fetchNumber);

    public StoreSeed Paused(string queue)
    {
        Write(db => db.SetAddAsync(store.Key("paused"), queue));
        return this;
    }

    /// <summary>Somebody waits for a job's result for an hour.</summary>
    public StoreSeed Waiter(string name) => Hash("waiters", TestJob.IdText(name), now + (long)TimeSpan.FromHours(1).TotalMilliseconds);

    /// <summary>A recurring job of the handler <c>work</c>, every hour, whose next occurrence is at a time of the server's clock.</summary>
    public StoreSeed Recurring(string name, long? due, string owner = "", string switched = "", string job = "", string definition = TestJob.Hourly)
    {
        var lastJob = job.Length == 0 ? "" : TestJob.IdText(job);
        Hash("recurring", name, definition);
        Hash("recurring:state", name, $"{switched}|||{lastJob}|7|{(owner.Length == 0 ? "" : TestJob.LongAgo)}|{TestJob.LongAgo}|{owner}");
        if (due is { } at)
        {
            Write(db => db.SortedSetAddAsync(store.Key(owner.Length == 0 ? "recurring:due" : "recurring:due:" + owner), name, at));
        }

        return this;
    }

    /// <summary>A field of any hash of the store.</summary>
    public StoreSeed Hash(string key, string field, RedisValue value)
    {
        Write(db => db.HashSetAsync(store.Key(key), field, value));
        return this;
    }

    /// <summary>A member of any sorted set of the store, so long from now.</summary>
    public StoreSeed SortedSet(string key, string member, TimeSpan fromNow)
    {
        Write(db => db.SortedSetAddAsync(store.Key(key), member, now + Math.Round(fromNow.TotalMilliseconds)));
        return this;
    }

    /// <summary>Any other key: the raw bytes of a string.</summary>
    public StoreSeed Text(string key, RedisValue value)
    {
        Write(db => db.StringSetAsync(store.Key(key), value));
        return this;
    }

    internal Task WrittenAsync() => Task.WhenAll(_writes);

    private StoreSeed Timed(string set, string name, TimeSpan due, string line)
    {
        Record(name, line);
        SortedSet(set, line + "|" + TestJob.IdText(name), due);
        return Known(line);
    }

    private StoreSeed Finished(string name, string line, TerminalStatus status, string list)
    {
        var length = Record(name, line, status);
        var entry = string.Create(CultureInfo.InvariantCulture, $"{TestJob.IdText(name)}|{TestJob.LongAgo}|{length}");
        Write(db => db.ListLeftPushAsync(store.Key(list), entry));
        return Known(line);
    }

    private StoreSeed WorkerUntil(string worker, TimeSpan deadline)
        => SortedSet("workers", worker, deadline).Text("worker:" + worker, "snapshot");

    private int Record(string name, string line, TerminalStatus? status = null, string? fingerprint = null)
    {
        var record = TestJob.Record(name, line, status, fingerprint);
        Text("job:" + TestJob.IdText(name), record);
        return record.Length;
    }

    private StoreSeed Known(string line)
    {
        Write(db => db.SetAddAsync(store.Key("queues"), line.Split('|')[1]));
        return this;
    }

    private void Write(Func<IDatabase, Task> write) => _writes.Add(write(store.Database));
}
