using System.ComponentModel.DataAnnotations;

namespace JobQueue;

/// <summary>
/// How waiting jobs of different priorities share a worker: of every 100 jobs it takes while all four wait, each priority gets
/// its weight's share. With the defaults: 50, 30, 15 and 5. A priority with nothing waiting leaves its share to the others.
/// </summary>
/// <remarks>Read once at start. Not thread-safe for writing.</remarks>
public sealed class PriorityWeights
{
    /// <summary>Weight of <see cref="JobPriority.Critical"/>, 1 to 1,000. Default: 50.</summary>
    public int Critical { get; set; } = 50;

    /// <summary>Weight of <see cref="JobPriority.High"/>, 1 to 1,000. Default: 30.</summary>
    public int High { get; set; } = 30;

    /// <summary>Weight of <see cref="JobPriority.Normal"/>, 1 to 1,000. Default: 15.</summary>
    public int Normal { get; set; } = 15;

    /// <summary>Weight of <see cref="JobPriority.Low"/>, 1 to 1,000. Default: 5.</summary>
    public int Low { get; set; } = 5;

    internal IEnumerable<ValidationResult> Validate(string member)
    {
        foreach (var (name, weight) in new[] { (nameof(Critical), Critical), (nameof(High), High), (nameof(Normal), Normal), (nameof(Low), Low) })
        {
            if (weight is < 1 or > 1_000)
            {
                yield return new ValidationResult($"{member}.{name} ({weight}) must be from 1 to 1000: a weight of 0 would let its jobs wait for ever.", [member]);
            }
        }
    }
}
