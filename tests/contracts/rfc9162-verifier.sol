// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "../../contracts/Rfc9162.sol";

/// The library, so that it can be called.
contract Rfc9162Verifier {
    function verifyInclusion(
        bytes32[] calldata proof,
        uint256 index,
        uint256 size,
        bytes32 leafHash,
        bytes32 root
    ) external view returns (bool) {
        return Rfc9162.verifyInclusion(proof, index, size, leafHash, root);
    }

    function verifyConsistency(
        bytes32[] calldata proof,
        uint256 oldSize,
        bytes32 oldRoot,
        uint256 newSize,
        bytes32 newRoot
    ) external view returns (bool) {
        return Rfc9162.verifyConsistency(proof, oldSize, oldRoot, newSize, newRoot);
    }
}
