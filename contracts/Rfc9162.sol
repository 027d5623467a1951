// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs of RFC 9162 (the tree of RFC 6962) over SHA-256.
/// @dev A proof is accepted only if it is exactly as long as the sizes ask for.
library Rfc9162 {
    /// @notice This chain has no SHA-256.
    error Rfc9162NoSha256();

    /// @notice Whether `root` is that of a tree of `size` leaves with `leafHash` at `index`: section 2.1.3.2.
    function verifyInclusion(bytes32[] calldata proof, uint256 index, uint256 size, bytes32 leafHash, bytes32 root)
        internal
        view
        returns (bool)
    {
        if (index >= size) return false;
        uint256 node = index;
        uint256 last = size - 1;
        bytes32 hash = leafHash;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (last == 0) return false;
            if (node & 1 == 1 || node == last) {
                hash = hashChildren(proof[i], hash);
                // Where the right edge has no sibling, the node goes up as it is.
                (node, last) = skipLeftEdges(node, last);
            } else {
                hash = hashChildren(hash, proof[i]);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == root;
    }

    /// @notice Whether a tree of `newSize` leaves and `newRoot` begins with the one of `oldSize` and `oldRoot`: section
    /// 2.1.4.2. A tree is consistent with itself by an empty proof. From the empty tree there is nothing to prove: false.
    function verifyConsistency(
        bytes32[] calldata proof,
        uint256 oldSize,
        bytes32 oldRoot,
        uint256 newSize,
        bytes32 newRoot
    ) internal view returns (bool) {
        if (oldSize > newSize) return false;
        if (oldSize == newSize) return proof.length == 0 && oldRoot == newRoot;
        if (oldSize == 0 || proof.length == 0) return false;

        (uint256 node, uint256 last) = skipRightEdges(oldSize - 1, newSize - 1);
        // An old tree that is full is a node of the new one; its root is not repeated in the proof.
        uint256 next = node == 0 ? 0 : 1;
        bytes32 oldHash = node == 0 ? oldRoot : proof[0];
        bytes32 newHash = oldHash;
        for (; next < proof.length; ++next) {
            if (last == 0) return false;
            bytes32 sibling = proof[next];
            if (node & 1 == 1 || node == last) {
                oldHash = hashChildren(sibling, oldHash);
                newHash = hashChildren(sibling, newHash);
                (node, last) = skipLeftEdges(node, last);
            } else {
                newHash = hashChildren(newHash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && oldHash == oldRoot && newHash == newRoot;
    }

    /// @notice SHA-256(0x01 ‖ left ‖ right): RFC 6962 section 2.1.
    function hashChildren(bytes32 left, bytes32 right) internal view returns (bytes32 hash) {
        bool done;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore8(input, 1)
            mstore(add(input, 0x01), left)
            mstore(add(input, 0x21), right)
            done := staticcall(gas(), 2, input, 0x41, 0x00, 0x20)
            done := and(done, eq(returndatasize(), 0x20))
            hash := mload(0x00)
        }
        // The precompile fails only for want of gas, and then so does all of this. A chain without it answers nothing.
        if (!done) revert Rfc9162NoSha256();
    }

    /// @dev Goes up from a left child at the right edge to the first node that is a right child. There is one: `node` is
    /// odd, or it is `last`, which is not 0.
    function skipLeftEdges(uint256 node, uint256 last) private pure returns (uint256, uint256) {
        while (node & 1 == 0) {
            node >>= 1;
            last >>= 1;
        }
        return (node, last);
    }

    /// @dev Goes up while the node is a right child.
    function skipRightEdges(uint256 node, uint256 last) private pure returns (uint256, uint256) {
        while (node & 1 == 1) {
            node >>= 1;
            last >>= 1;
        }
        return (node, last);
    }
}
