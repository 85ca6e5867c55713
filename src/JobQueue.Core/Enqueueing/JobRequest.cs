namespace JobQueue;

/// <summary>One job of a bulk enqueue.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class JobRequest
{
    /// <summary>Describes a job.</summary>
    /// <param name="name">The handler's name.</param>
    /// <param name="args">The arguments, serialised by their run-time type; <see langword="null"/> for none.</param>
    public JobRequest(string name, object? args = null)
    {
        Name = name;
        Args = args;
    }

    /// <summary>The handler's name.</summary>
    public string Name { get; }

    /// <summary>The arguments; <see langword="null"/> for none.</summary>
    public object? Args { get; }

    /// <summary>How the job is to run.</summary>
    public EnqueueOptions Options { get; } = new();
}
