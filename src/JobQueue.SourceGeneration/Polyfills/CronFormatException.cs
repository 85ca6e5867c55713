namespace JobQueue;

/// <summary>The library's exception for the code that is shared with it; internal, so that no project sees two.</summary>
internal sealed class CronFormatException(string errorId, string message) : FormatException(message)
{
    /// <summary>The id of the error at run time; here the diagnostic has one of its own.</summary>
    public string ErrorId { get; } = errorId;
}
