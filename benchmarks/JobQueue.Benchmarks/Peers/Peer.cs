using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Peers;

/// <summary>
/// A library of this field, ours among them, as one process that enqueues and one that works. All are told the same in the same words,
/// time themselves by the same clock, and their done jobs are counted from outside.
/// </summary>
/// <param name="server">The server that all share.</param>
internal abstract class Peer(BenchServer server)
{
    protected BenchServer Server { get; } = server;

    public abstract string Name { get; }

    /// <summary>How many jobs a drain is given, so that it takes a few seconds.</summary>
    public abstract int Jobs { get; }

    /// <summary>Brings it here, if it can be.</summary>
    /// <returns>Why it can't; null when it is here.</returns>
    public virtual Task<string?> PrepareAsync() => Task.FromResult<string?>(null);

    public abstract Child StartProducer();

    public abstract Child StartWorker();

    /// <summary>How many of so many jobs, enqueued into an empty store, are done.</summary>
    public abstract Task<long> CountDoneAsync(int jobs);

    /// <summary>Waits until it has removed of done jobs what it removes.</summary>
    public virtual Task ClearUpAsync() => Task.CompletedTask;

    /// <summary>A folder of this program, where the peers' scripts are.</summary>
    protected static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    /// <summary>A program on the PATH.</summary>
    protected static string? Find(string program) => Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
