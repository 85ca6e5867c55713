namespace JobQueue.Workers;

/// <summary>
/// Stands for an exception that can't be recorded, because its message or its text throws. The attempt has failed all the
/// same, and must be counted like any other.
/// </summary>
internal sealed class UnreadableErrorException : Exception
{
    private UnreadableErrorException(Type type)
        : base($"The handler threw {type.FullName}, whose message can't be read.")
    {
    }

    /// <summary>The exception itself, unless it can't be read.</summary>
    public static Exception Guard(Exception error)
    {
        try
        {
            _ = error.Message;
            _ = error.ToString();
            return error;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new UnreadableErrorException(error.GetType());
        }
    }
}
