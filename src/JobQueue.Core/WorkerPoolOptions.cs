using System.ComponentModel.DataAnnotations;

namespace JobQueue;

/// <summary>
/// A pool of workers beside the host's own, with slots and queues of its own: long jobs in one pool never hold up the others.
/// Added with <c>AddWorkers</c>.
/// </summary>
/// <remarks>Read once at start. Not thread-safe for writing.</remarks>
public sealed class WorkerPoolOptions
{
    /// <summary>Jobs that run at the same time in this pool, 1 to 1,000. Default: 20.</summary>
    public int Concurrency { get; set; } = 20;

    /// <summary>Most jobs leased ahead of a free slot, 0 to 500; see <see cref="JobQueueOptions.MaxPrefetch"/>. Default: 100.</summary>
    public int MaxPrefetch { get; set; } = 100;

    /// <summary>
    /// Queues this pool takes jobs from, at least one. The host's own pool leaves them alone unless it names them too.
    /// Default: empty.
    /// </summary>
    public IList<string> Queues { get; } = [];

    /// <summary>How priorities share this pool. Default: as in <see cref="JobQueueOptions.PriorityWeights"/>.</summary>
    public PriorityWeights? PriorityWeights { get; set; }

    internal IEnumerable<ValidationResult> Validate(string name)
    {
        var member = $"AddWorkers(\"{Names.Shorten(name)}\")";
        if (!Names.IsValid(name) || name.Length > 50 || name == Workers.PoolSettings.DefaultName)
        {
            yield return new ValidationResult($"{member}: a pool's name is 1 to 50 letters, digits, dots, hyphens or underscores, and not '{Workers.PoolSettings.DefaultName}'.", [member]);
        }

        if (Concurrency is < 1 or > 1_000)
        {
            yield return new ValidationResult($"{member}: Concurrency ({Concurrency}) must be from 1 to 1000.", [member]);
        }

        if (MaxPrefetch is < 0 or > 500)
        {
            yield return new ValidationResult($"{member}: MaxPrefetch ({MaxPrefetch}) must be from 0 to 500.", [member]);
        }

        if (Queues.Count == 0)
        {
            yield return new ValidationResult($"{member}: Queues is empty. Name the queues that this pool serves; the host's own pool serves all others.", [member]);
        }

        foreach (var queue in Queues)
        {
            if (!Names.IsValid(queue))
            {
                yield return new ValidationResult($"{member}: the queue '{Names.Shorten(queue)}' is not a valid name: {Names.Rule}.", [member]);
            }
        }

        foreach (var problem in PriorityWeights?.Validate(member + ".PriorityWeights") ?? [])
        {
            yield return problem;
        }
    }
}
