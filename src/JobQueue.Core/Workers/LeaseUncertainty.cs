namespace JobQueue;

/// <summary>What running handlers do when it is uncertain whether their worker still holds its leases.</summary>
public enum LeaseUncertainty
{
    /// <summary>
    /// Handlers go on. When Redis is back, their outcomes are stored if the leases still hold; after an outage of the server
    /// nobody is declared lost for one lease, so they usually do.
    /// </summary>
    Continue = 0,

    /// <summary>Their tokens fire, and their jobs are handed back without using an attempt.</summary>
    Cancel = 1,
}
