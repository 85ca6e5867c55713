namespace JobQueue;

/// <summary>A recurring job was not changed, because its name belongs to somebody else.</summary>
public sealed class RecurringJobException : JobQueueException
{
    internal RecurringJobException(string errorId, string message, string name, string? owner)
        : base(errorId, message)
    {
        Name = name;
        Owner = owner;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The application whose code declares it; <see langword="null"/> when it was registered at run time.</summary>
    public string? Owner { get; }
}
