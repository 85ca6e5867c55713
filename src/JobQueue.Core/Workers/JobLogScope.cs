using System.Collections;
using System.Globalization;

namespace JobQueue.Workers;

/// <summary>What every line that is logged during an attempt says about it: job id, job name and attempt.</summary>
internal sealed class JobLogScope(JobContext job) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 3;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("JobId", job.Id),
        1 => new("JobName", job.Name),
        2 => new("Attempt", job.Attempt),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For logs that show scopes as text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"JobId:{job.Id} JobName:{job.Name} Attempt:{job.Attempt}");
}
